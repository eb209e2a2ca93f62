import type { Deployment } from '../../gateway/functions/deployment.ts';

/** A deployment of which only what a test is about is told. */
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
