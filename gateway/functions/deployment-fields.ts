import { flag, listOf, mapOf, text } from '../json/shape.ts';

/** The fields that a deployment and the status of a function have in common in JSON. */
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
