import type { FunctionStatus } from '../functions/function-status.ts';
import { settingNotes } from './setting-notes.ts';

/**
 * Makes the JSON of a function as clients in Go expect it: zeros and empty texts are left out, labels and annotations
 * are never null.
 * @param invocationCount is given only in lists of functions, as clients expect
 */
export function statusJson(status: FunctionStatus, invocationCount = 0): Record<string, unknown> {
  const { deployment, replicas, availableReplicas, createdAt, deployedAt, usage } = status;
  const notes = [...status.notes, ...settingNotes(deployment)];
  return {
    name: deployment.name,
    image: deployment.image,
    namespace: deployment.namespace,
    ...unlessEmpty('envProcess', deployment.envProcess),
    ...unlessEmpty('envVars', deployment.envVars),
    ...unlessEmpty('constraints', deployment.constraints),
    ...unlessEmpty('secrets', deployment.secrets),
    labels: { ...deployment.labels, faas_function: deployment.name },
    annotations: deployment.annotations,
    ...(deployment.limits && { limits: deployment.limits }),
    ...(deployment.requests && { requests: deployment.requests }),
    ...(deployment.readOnlyRootFilesystem && { readOnlyRootFilesystem: true }),
    ...unlessEmpty('invocationCount', invocationCount),
    ...unlessEmpty('replicas', replicas),
    ...unlessEmpty('availableReplicas', availableReplicas),
    createdAt: createdAt.toISOString(),
    ...(deployedAt && { deployedAt: deployedAt.toISOString() }),
    ...(usage && { usage: { cpu: usage.cpu, totalMemoryBytes: usage.totalMemoryBytes } }),
    ...unlessEmpty('notes', notes),
  };
}

function unlessEmpty(key: string, value: string | number | object): Record<string, unknown> {
  const isEmpty = typeof value === 'object' ? Object.keys(value).length === 0 : value === '' || value === 0;
  return isEmpty ? {} : { [key]: value };
}
