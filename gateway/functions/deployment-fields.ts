import { flag, listOf, mapOf, object, text } from '../json/shape.ts';
import type { Resources } from './deployment.ts';

/** Names of fields, not keys of the caller's own: their case does not matter, and others are ignored. */
const RESOURCES = object({
  memory: text,
  cpu: text,
  'nvidia.com/gpu': text,
  'amd.com/gpu': text,
  'intel.com/gpu': text,
});

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
  limits: RESOURCES,
  requests: RESOURCES,
  readOnlyRootFilesystem: flag,
};

/** Leaves empty quantities out. @returns undefined where none is left */
export function statedResources(given: Required<Resources>): Resources | undefined {
  const entries = Object.entries(given).filter(([, quantity]) => quantity !== '');
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
