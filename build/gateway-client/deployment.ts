import type { Project } from '../project.ts';
import { serviceName, type FunctionEntry, type Resources } from '../stack/functions.ts';
import { functionVariables } from '../stack/variables.ts';

/** The body of `POST /system/functions`. */
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

/** The namespace of functions that name none. */
export const DEFAULT_NAMESPACE = 'openfaas-fn';

export interface DeployOptions {
  /** Environment variables that go over the ones of stack.yaml. */
  readonly variables: Readonly<Record<string, string>>;
  /** Whether Node's debugger opens, or the port of its own where it opens with each version. */
  readonly inspect: boolean | number;
  /** A port of the machine that leads to the function alone. */
  readonly ownPort?: number;
}

/**
 * Makes the deployment of a function of stack.yaml, as faas-cli makes it.
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
    service: serviceName(name),
    image,
    namespace: namespace || DEFAULT_NAMESPACE,
    envProcess: fprocess, // the image has the template's
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
