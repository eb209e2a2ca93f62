import { readFile } from 'node:fs/promises';
import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import type { Project } from '../project.ts';
import { findSecrets } from './secret-files.ts';
import { serviceName, type FunctionEntry } from '../stack/functions.ts';
import type { GatewayClient } from './client.ts';
import { DEFAULT_NAMESPACE, deploymentOf, type DeploymentBody, type DeployOptions } from './deployment.ts';

/** Makes the deployments of functions whose images were built. */
export async function deploymentsOf(
  project: Project,
  entries: readonly FunctionEntry[],
  images: readonly { readonly name: string; readonly image?: string }[],
  options: DeployOptions,
): Promise<DeploymentBody[]> {
  return Promise.all(
    entries.map((entry) => {
      const image = images.find(({ name }) => name === entry.name)?.image ?? entry.image;
      return deploymentOf(project, entry, image, options);
    }),
  );
}

/**
 * Deploys functions, with the namespaces and the secrets that they name.
 * @param entries the functions in stack.yaml, for errors
 * @throws KitError NOT_FOUND for a secret that is not in .secrets/, INVALID for a deployment that the gateway refuses
 */
export async function deployAll(
  project: Project,
  client: GatewayClient,
  deployments: readonly DeploymentBody[],
  entries: readonly FunctionEntry[],
): Promise<void> {
  const namespaces = new Map(deployments.map((deployment) => [deployment.namespace, deployment]));
  for (const [namespace, deployment] of namespaces)
    if (namespace !== DEFAULT_NAMESPACE)
      await client.ensureNamespace(namespace).catch(refuserOf(deployment, entries));
  await putSecrets(project, client, deployments);
  for (const deployment of deployments) {
    project.interrupted.throwIfAborted();
    await client.deploy(deployment).catch(refuserOf(deployment, entries));
  }
}

/** The names that stack.yaml has for the fields of a deployment. */
const OF_THE_STACK: Readonly<Record<string, string>> = { envVars: 'environment', envProcess: 'fprocess' };

/** Makes a handler of errors: where the gateway refuses the deployment, its error gets the function's place in stack.yaml. */
function refuserOf(
  { service }: DeploymentBody,
  entries: readonly FunctionEntry[],
): (error: unknown) => never {
  return (error) => {
    const entry = entries.find(({ name }) => serviceName(name) === service);
    if (!entry || !(error instanceof KitError) || error.code !== 'INVALID') throw error;
    const reason = messageOf(error.cause ?? error).replace(/^\w+/, (word) => OF_THE_STACK[word] ?? word);
    throw new KitError('INVALID', `${entry.place}: ${entry.name} cannot be deployed: ${reason}`, {
      cause: error,
    });
  };
}

/**
 * Gives the gateway the secrets that functions name.
 * @throws KitError NOT_FOUND for a secret that is not in .secrets/
 */
export async function putSecrets(
  project: Project,
  client: GatewayClient,
  deployments: readonly DeploymentBody[],
): Promise<void> {
  const names = deployments.flatMap(({ secrets }) => secrets);
  const files = await findSecrets(project.folder, [...new Set(names)]);
  for (const { secrets, namespace } of deployments) {
    for (const name of secrets) {
      project.interrupted.throwIfAborted();
      await client.putSecret(name, namespace, await readFile(files.get(name) ?? ''));
    }
  }
}
