import type { Project } from '../project.ts';
import type { FunctionEntry, Resources } from '../stack/functions.ts';
import { functionVariables } from '../stack/variables.ts';

/** What `POST /system/functions` takes. */
export interface DeploymentBody {
  readonly service: string;
  readonly image: string;
  readonly namespace: string;
  readonly envProcess: string;
  readonly envVars: Readonly<Record<string, string>>;
  readonly constraints: readonly string[];
  readonly secrets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly limits: Resources;
  readonly requests: Resources;
  readonly readOnlyRootFilesystem: boolean;
}

/** Where functions are that name no namespace. */
export const DEFAULT_NAMESPACE = 'openfaas-fn';

export interface DeployOptions {
  /** Environment variables over those of stack.yaml. */
  readonly variables: Readonly<Record<string, string>>;
  /** Whether Node's debugger is to be open, or at which port of its own it is to stay. */
  readonly inspect: boolean | number;
  /** A port that leads to the function alone. */
  readonly ownPort?: number;
}

/**
 * A function of stack.yaml as faas-cli deploys it.
 * @throws KitError NOT_FOUND for an environment file that is not there
 */
export async function deploymentOf(
  project: Project,
  entry: FunctionEntry,
  image: string,
  { variables, inspect, ownPort }: DeployOptions,
): Promise<DeploymentBody> {
  const { name, namespace, fprocess, constraints, secrets, labels, annotations } = entry;
  const { limits, requests, readOnlyRootFilesystem } = entry;
  return {
    service: name,
    image,
    namespace: namespace || DEFAULT_NAMESPACE,
    envProcess: fprocess, // that of the template is in the image
    envVars: await functionVariables(project, entry, variables),
    constraints,
    secrets,
    labels,
    annotations: {
      ...annotations,
      ...(ownPort !== undefined && { 'dev.of-gateway.port': String(ownPort) }),
      ...(inspect !== false && { 'dev.of-gateway.inspect': String(inspect) }),
    },
    limits,
    requests,
    readOnlyRootFilesystem,
  };
}
