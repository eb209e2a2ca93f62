import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findGateway, isAlive, type Location } from '../../common/gateway-location.ts';
import { KitError } from '../errors.ts';
import { GatewayClient } from './client.ts';
import { faasCliLogin } from './faas-cli-login.ts';
import type { Project } from '../project.ts';
import { foregroundStateFolders, stateFolderOf } from '../image/state-folder.ts';

/** The file that names the gateway which ofkit has started in a state folder. ofkit may stop only that one. */
const OWN_FILE = 'ofkit.json';
const POLL_MS = 20;
/** How long a gateway may take to end: up to a minute for requests in flight, then some seconds for its functions. */
const END_WITHIN_MS = 80_000;

/** The user's choice of a gateway. */
export interface GatewayChoice {
  /** The gateway with this state folder; undefined for the project's folder. */
  readonly stateFolder: string | undefined;
  /** The gateway at this address, whatever its folder. */
  readonly url: string | undefined;
}

/** A gateway that runs, and the folder of its state. */
interface RunningGateway {
  readonly url: string;
  readonly stateFolder: string;
}

/**
 * Finds the gateway of a state folder. Without a folder it finds the project's gateway, even one of an `ofkit up` in
 * the foreground.
 * @throws KitError NOT_FOUND where none runs
 */
async function requireGateway(project: Project, given: string | undefined): Promise<RunningGateway> {
  const usual = stateFolderOf(project, given);
  const isChosen = given !== undefined || Boolean(project.environment.OFKIT_STATE);
  for (const stateFolder of [usual, ...(isChosen ? [] : await foregroundStateFolders(project))]) {
    const url = (await findGateway(stateFolder))?.url;
    if (url) return { url, stateFolder };
  }
  throw new KitError('NOT_FOUND', `no gateway runs for ${usual}: start it with "ofkit up --detach"`);
}

/**
 * Connects to the gateway that is chosen. One at an address gets the login that faas-cli keeps for it.
 * @throws KitError NOT_FOUND where none runs for the state folder; USAGE for a choice of two
 */
export async function connectGateway(
  project: Project,
  { stateFolder: given, url: address }: GatewayChoice,
): Promise<GatewayClient> {
  if (address !== undefined) {
    if (given !== undefined)
      throw new KitError('USAGE', '--gateway and --state-dir are two gateways: leave out one of them');
    return new GatewayClient(address, await faasCliLogin(project, address));
  }
  const { url, stateFolder } = await requireGateway(project, given);
  return GatewayClient.create(url, stateFolder);
}

/** Records that ofkit has started a gateway. */
export async function markOwn(stateFolder: string, { pid, started }: Location): Promise<void> {
  await writeFile(join(stateFolder, OWN_FILE), `${JSON.stringify({ pid, started })}\n`, { mode: 0o600 });
}

/** @throws KitError USAGE for a gateway that ofkit has not started */
export async function requireOwn(stateFolder: string, { pid, started, url }: Location): Promise<void> {
  const text = await readFile(join(stateFolder, OWN_FILE), 'utf8').catch(() => '');
  if (text.trim() === JSON.stringify({ pid, started })) return;
  throw new KitError(
    'USAGE',
    `the gateway at ${url} was not started by ofkit: end process ${pid} where it was started`,
  );
}

/**
 * Stops a gateway with its functions. Requests in flight are answered first.
 * @param hurry kills everything at once when it is aborted
 */
export async function stopGateway(location: Location, hurry: AbortSignal): Promise<void> {
  const { pid } = location;
  signal(pid, 'SIGTERM');
  if (await hasEnded(location, END_WITHIN_MS, hurry)) return;
  signal(pid, 'SIGINT'); // a second signal makes it kill all; the system might merge two of the same name into one
  if (await hasEnded(location, 10_000)) return;
  signal(pid, 'SIGKILL'); // the watchdogs of the functions end with it
  await hasEnded(location, 10_000);
}

async function hasEnded(location: Location, withinMs: number, hurry?: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isAlive(location)) {
    if (performance.now() > deadline || hurry?.aborted) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}
