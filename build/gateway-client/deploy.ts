import { readFile } from 'node:fs/promises';
import type { Project } from '../project.ts';
import type { BuiltImage } from '../image/build-images.ts';
import { findSecrets } from './secret-files.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import type { GatewayClient } from './client.ts';
import { DEFAULT_NAMESPACE, deploymentOf, type DeploymentBody, type DeployOptions } from './deployment.ts';

/** Makes the deployments of functions whose images were built. */
export async function deploymentsOf(
  project: Project,
  entries: readonly FunctionEntry[],
  images: readonly BuiltImage[],
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
 * @throws KitError NOT_FOUND for a secret that is not in .secrets/, INVALID for a deployment that the gateway refuses
 */
export async function deployAll(
  project: Project,
  client: GatewayClient,
  deployments: readonly DeploymentBody[],
): Promise<void> {
  for (const namespace of new Set(deployments.map((deployment) => deployment.namespace)))
    if (namespace !== DEFAULT_NAMESPACE) await client.ensureNamespace(namespace);
  await putSecrets(project, client, deployments);
  for (const deployment of deployments) {
    project.interrupted.throwIfAborted();
    await client.deploy(deployment);
  }
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
