import { findGateway, type Location } from '../../common/gateway-location.ts';
import { chooseEngine } from '../engine/engine.ts';
import { buildStack } from '../engine/stack-build.ts';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { buildImages } from '../image/build-images.ts';
import { findSecrets } from './secret-files.ts';
import { findStackFile, readStack } from '../stack/stack-file.ts';
import type { RunOptions } from '../stack/run-options.ts';
import { selectToRun } from '../stack/select.ts';
import { StepList } from '../terminal/steps.ts';
import { GatewayClient } from './client.ts';
import { deployAll, deploymentsOf } from './deploy.ts';
import type { DeploymentBody } from './deployment.ts';
import { requireWayToRun } from './required-engine.ts';
import { stopGateway } from './running-gateway.ts';
import { untilReady } from './readiness.ts';
import { startGateway, type GatewayOptions } from './start-gateway.ts';

/** The gateway in front of functions that are brought up. */
export interface BringUpGateway extends Pick<GatewayOptions, 'stateFolder' | 'detached'> {
  /** Gets the gateway as soon as it runs, where a new one was started. */
  readonly onStarted: (location: Location) => void;
}

/** Functions that are ready behind a gateway. */
export interface BroughtUp {
  readonly location: Location;
  readonly deployments: readonly DeploymentBody[];
}

/**
 * Builds functions, starts the gateway where none runs, deploys, and waits until all are ready.
 * @throws KitError START_FAILED where a function does not start; the other functions run on
 */
export async function bringUp(host: Host, options: RunOptions, gateway: BringUpGateway): Promise<BroughtUp> {
  const { stateFolder } = gateway;
  const stack = await readStack(host, await findStackFile(host, options.yaml));
  const entries = selectToRun(stack, options, (_name, text) => host.err.line(`note: ${text}`));
  await findSecrets(host.folder, [...new Set(entries.flatMap(({ secrets }) => secrets))]);
  const onEngine = options.onEngine === true;
  const engine = onEngine ? await chooseEngine(host, undefined) : undefined;
  const local = { tag: 'latest', stateFolder, stackPull: true } as const;
  const made = engine ? [] : await buildImages(host, stack, entries, local);
  const { location, isNew } = await findOrStart(host, options, gateway);
  const client = await GatewayClient.create(location.url, stateFolder);
  let images: readonly { name: string; image?: string }[];
  try {
    await requireWayToRun(client, onEngine);
    images = engine ? await buildStack(host, stack, entries, engine) : made;
  } catch (error) {
    if (isNew) await stopGateway(location, AbortSignal.abort()); // it serves nothing
    throw error;
  }
  const deployments = await deploymentsOf(host, entries, images, {
    variables: options.variables,
    inspect: options.inspect === true,
  });
  await deployAll(host, client, deployments);
  await allReady(host, client, deployments);
  return { location, deployments };
}

async function findOrStart(
  host: Host,
  { port, watchdog, onEngine = false }: RunOptions,
  { stateFolder, detached, onStarted }: BringUpGateway,
): Promise<{ readonly location: Location; readonly isNew: boolean }> {
  const running = await findGateway(stateFolder);
  if (!running?.url) {
    const { location } = await startGateway(host, { stateFolder, detached, port, watchdog, onEngine });
    onStarted(location);
    return { location, isNew: true };
  }
  if (port && new URL(running.url).port !== String(port))
    throw new KitError('USAGE', `the gateway runs already, at ${running.url}: "ofkit down" ends it`);
  return { location: running, isNew: false };
}

async function allReady(
  host: Host,
  client: GatewayClient,
  deployments: readonly DeploymentBody[],
): Promise<void> {
  const steps = new StepList(host.err);
  await steps.start();
  const waits = deployments.map((deployment) =>
    steps.run(`${deployment.service}: start`, () => untilReady(client, deployment, host.interrupted)),
  );
  const results = await Promise.allSettled(waits);
  await steps.stop();
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
