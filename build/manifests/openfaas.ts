import type { Resources } from '../stack/functions.ts';
import type { Workload } from './workload.ts';

/** OpenFaaS's Function resource. */
export interface FunctionResource {
  readonly apiVersion: string;
  readonly kind: 'Function';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly name: string;
    readonly image: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly limits?: Resources;
    readonly requests?: Resources;
    readonly constraints?: readonly string[];
    readonly secrets?: readonly string[];
    readonly readOnlyRootFilesystem?: boolean;
  };
}

/**
 * Makes a Function resource with the fields of `faas-cli generate` in their order. Unlike there, the environment has
 * fprocess too.
 */
export function functionResource(workload: Workload, api = 'openfaas.com/v1'): FunctionResource {
  const { name, namespace, image, environment, labels, annotations, constraints, secrets } = workload;
  return {
    apiVersion: api,
    kind: 'Function',
    metadata: { name, ...(namespace && { namespace }) },
    spec: {
      name,
      image,
      ...(Object.keys(environment).length > 0 && { environment }),
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ...given('limits', workload.limits),
      ...given('requests', workload.requests),
      ...(constraints.length > 0 && { constraints }),
      ...(secrets.length > 0 && { secrets }),
      ...(workload.readOnlyRootFilesystem && { readOnlyRootFilesystem: true }),
    },
  };
}

function given(
  key: 'limits' | 'requests',
  { cpu, memory }: Resources,
): { limits?: Resources; requests?: Resources } {
  if (!cpu && !memory) return {};
  return { [key]: { ...(memory && { memory }), ...(cpu && { cpu }) } };
}
