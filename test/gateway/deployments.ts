import type { Deployment } from '../../gateway/functions/deployment.ts';

/** Makes a deployment from the few fields that a test is about. */
export function deployment(told: Partial<Deployment> = {}): Deployment {
  return {
    name: 'fn',
    namespace: 'openfaas-fn',
    image: 'fn:latest',
    envProcess: '',
    envVars: {},
    labels: {},
    annotations: {},
    secrets: [],
    constraints: [],
    readOnlyRootFilesystem: false,
    ...told,
  };
}
