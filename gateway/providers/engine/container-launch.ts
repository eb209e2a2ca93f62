import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../../common/errors.ts';
import { SECRETS_MOUNT } from '../../../common/secrets-mount.ts';
import type { Deployment } from '../../functions/deployment.ts';
import type { ContainerRecord } from '../../state/function-store.ts';
import type { LaunchOptions } from '../instances/function-version.ts';
import type { EngineClient } from './client/engine-client.ts';
import { packArchive } from './client/tar.ts';
import { ContainerInstance } from './container-instance.ts';
import { containerSpec, type SpecFacts } from './container-spec.ts';
import type { EngineContext } from './engine-context.ts';
import { HealthCommand } from './health-command.ts';
import type { EngineImage } from './images.ts';
import { LABELS } from './labels.ts';
import type { Network } from './networks.ts';
import { runtimeOf } from './profiles.ts';
import { publishAt, publishedHost } from './reach.ts';
import { CONTAINER, CREATED, type Container } from './engine-answers.ts';

export interface ContainerLaunchParts {
  readonly client: EngineClient;
  readonly context: EngineContext;
  readonly deployment: Deployment;
  readonly container: ContainerRecord;
  /** The folder of the version's secrets, if it has any. */
  readonly secrets: string | undefined;
}

/** The default port of watchdogs. */
const PORT = 8080;
/** How long the engine may take to start or to remove a container, in milliseconds. */
const START_WITHIN_MS = 120_000;
const REMOVE_WITHIN_MS = 30_000;

/** Creates a container of a version and starts it. @throws Error with the engine's reason */
export async function startContainer(
  parts: ContainerLaunchParts,
  options: LaunchOptions,
): Promise<ContainerInstance> {
  const { client, context } = parts;
  const { roster, networks, reach, listenAt } = context;
  roster.begin(options.id);
  let id: string | undefined;
  try {
    const image = await findImage(parts);
    const network = await networks.of(client, parts.deployment.namespace);
    id = await create(parts, options.id, image, network);
    await client.send('POST', `/containers/${id}/start`, { timeout: START_WITHIN_MS }, [304]);
    // The machine has an address in a network only once a container is in it.
    if (reach() === 'address') await listenAt(network.gateway);
    const container = await client.read('GET', `/containers/${id}/json`, CONTAINER);
    return instanceOf(parts, options, { container, image, network, isAdopted: false });
  } catch (thrown) {
    if (id !== undefined) await remove(client, id);
    roster.forget(options.id, id);
    networks.doubt(parts.deployment.namespace);
    throw new Error(messageOf(thrown), { cause: thrown });
  }
}

/**
 * Takes over a container that an earlier run of the gateway has started.
 * @returns undefined where that is not possible; then the container is removed
 */
export async function adoptContainer(
  parts: ContainerLaunchParts,
  options: LaunchOptions,
  id: string,
): Promise<ContainerInstance | undefined> {
  const { client, context, deployment } = parts;
  try {
    const container = await client.read('GET', `/containers/${id}/json`, CONTAINER);
    if (!container.State.Running) throw new Error('it has ended');
    const network = await context.networks.of(client, deployment.namespace);
    if (context.reach() === 'address') await context.listenAt(network.gateway);
    const image = await findImage(parts);
    return await instanceOf(parts, options, { container, image, network, isAdopted: true });
  } catch {
    await remove(client, id);
    return undefined;
  }
}

/** Finds the version's image by its id, or by its name if the image with this id was removed. */
async function findImage({
  client,
  context,
  deployment,
  container,
}: ContainerLaunchParts): Promise<EngineImage> {
  const { images } = context;
  return (await images.find(client, container.image)) ?? images.obtain(client, deployment.image);
}

async function create(
  parts: ContainerLaunchParts,
  instance: string,
  image: EngineImage,
  network: Network,
): Promise<string> {
  const { client, context, deployment, container, secrets } = parts;
  const secretsAt = secretsOf(parts);
  const body = containerSpec({
    deployment,
    identity: { state: context.state, generation: container.generation, instance },
    image: image.Id,
    port: portOf(deployment, image),
    network,
    reach: context.reach(),
    secrets: secretsAt,
    publishAt: publishAt(client.address),
    runtime: runtimeOf(deployment, context.profiles),
    user: context.user,
  });
  const request = { query: { name: instance }, body, timeout: START_WITHIN_MS };
  const { Id: id } = await client.read('POST', '/containers/create', CREATED, request);
  if (secrets === undefined || secretsAt !== 'volume') return id;
  try {
    const archive = await secretsArchive(secrets);
    await client.send('PUT', `/containers/${id}/archive`, { query: { path: SECRETS_MOUNT }, archive });
  } catch (thrown) {
    await remove(client, id);
    throw thrown;
  }
  return id;
}

/** Where a container finds its secrets: an engine on another machine gets them by its API. */
function secretsOf({ context, secrets }: ContainerLaunchParts): SpecFacts['secrets'] {
  if (secrets === undefined) return undefined;
  const bind = context.pathForEngine(secrets);
  return bind === undefined ? 'volume' : { bind };
}

interface StartedContainer {
  readonly container: Container;
  readonly image: EngineImage;
  readonly network: Network;
  readonly isAdopted: boolean;
}

async function instanceOf(
  { client, context, deployment }: ContainerLaunchParts,
  { id, onLine, keptLines }: LaunchOptions,
  { container, image, network, isAdopted }: StartedContainer,
): Promise<ContainerInstance> {
  const { roster, link } = context;
  const port = portOf(deployment, image);
  const name = container.Config.Labels[LABELS.instance] ?? id;
  const kept = isAdopted ? await keptLines() : [];
  const variables = { ...readVariables(image), ...deployment.envVars };
  const instance = new ContainerInstance({
    id,
    container: container.Id,
    ...addressOf(client, context, container, { port, network: network.name }),
    link,
    rules: {
      hasOwnHealth: Boolean(deployment.annotations['com.openfaas.health.http.path']),
      hasOwnReadiness: Boolean(deployment.annotations['com.openfaas.ready.http.path']),
      knowsReady: Boolean(variables['mode'] || variables['max_inflight']),
    },
    healthCommand: HealthCommand.of(container.Id, image.Config.Healthcheck),
    memoryLimit: deployment.limits?.memory,
    startedAt: Date.parse(container.State.StartedAt) || Date.now(),
    knownLines: kept.filter((line) => line.instance === name),
    onLine,
    onRemove: () => {
      roster.forget(id, container.Id);
      roster.forget(name, container.Id);
    },
  });
  roster.add(instance);
  if (!container.State.Running) void instance.look(); // it may have ended before its events were heard
  return instance;
}

function addressOf(
  client: EngineClient,
  { reach }: EngineContext,
  { NetworkSettings }: Container,
  { port, network }: { readonly port: number; readonly network: string },
): { host: string; port: number } {
  if (reach() !== 'port') {
    const host = NetworkSettings.Networks[network]?.IPAddress ?? '';
    return { host, port: host === '' ? 0 : port };
  }
  const published = NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort ?? '';
  return { host: publishedHost(client.address), port: Number(published) };
}

/** @returns the port of the container's server, from the watchdog's variable `port` */
function portOf({ envVars }: Deployment, image: EngineImage): number {
  const port = Number(envVars['port'] || readVariables(image)['port'] || PORT);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : PORT;
}

function readVariables({ Config }: EngineImage): Record<string, string> {
  const pairs = Config.Env.map((text) => /^([^=]+)=(.*)$/s.exec(text));
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
}

async function remove(client: EngineClient, id: string): Promise<void> {
  const query = { force: 'true', v: 'true' };
  await client
    .send('DELETE', `/containers/${id}`, { query, timeout: REMOVE_WITHIN_MS }, [404, 409])
    .catch(() => undefined); // a container that stays is found in the next list
}

/** The secrets of a folder as an engine on another machine takes them: to be read by any user, changed by none. */
async function secretsArchive(folder: string): Promise<Buffer> {
  const files = (await readdir(folder)).map(async (name) => ({
    name,
    mode: 0o444,
    content: await readFile(join(folder, name)),
  }));
  return packArchive([{ name: './', mode: 0o555 }, ...(await Promise.all(files))]);
}
