import { flag, listOf, mapOf, text } from '../json/shape.ts';

/** The common part of a deployment and a function's status in JSON. */
export const DEPLOYMENT_FIELDS = {
  image: text,
  namespace: text,
  envProcess: text,
  envVars: mapOf(text),
  constraints: listOf(text),
  secrets: listOf(text),
  labels: mapOf(text),
  annotations: mapOf(text),
  limits: mapOf(text),
  requests: mapOf(text),
  readOnlyRootFilesystem: flag,
};
