import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findGateway, isAlive, type Location } from '../../common/gateway-location.ts';
import { KitError } from '../errors.ts';
import { GatewayClient } from './client.ts';
import { faasCliLogin } from './faas-cli-login.ts';
import type { Host } from '../host.ts';
import { foregroundStateFolders, stateFolderOf } from '../image/state-folder.ts';

/** Says which gateway of a state folder ofkit has started, as that one it may end too. */
const OWN_FILE = 'ofkit.json';
const POLL_MS = 20;
/** A gateway gives requests in flight up to a minute, and its functions some seconds after that. */
const END_WITHIN_MS = 80_000;

/** Which gateway a command asks. */
export interface GatewayChoice {
  /** The one with this state folder; where it is not given that of the project. */
  readonly stateFolder: string | undefined;
  /** The one at this address, whatever the folder. */
  readonly url: string | undefined;
}

/** A gateway that runs, and the folder of its state. */
interface RunningGateway {
  readonly url: string;
  readonly stateFolder: string;
}

/**
 * The gateway of a state folder; where none is given that of the project, be it one that `ofkit up` has in the foreground.
 * @throws KitError NOT_FOUND where none runs
 */
async function requireGateway(host: Host, given: string | undefined): Promise<RunningGateway> {
  const usual = stateFolderOf(host, given);
  const isChosen = given !== undefined || Boolean(host.env.OFKIT_STATE);
  for (const stateFolder of [usual, ...(isChosen ? [] : await foregroundStateFolders(host))]) {
    const url = (await findGateway(stateFolder))?.url;
    if (url) return { url, stateFolder };
  }
  throw new KitError('NOT_FOUND', `no gateway runs for ${usual}: start it with "ofkit up --detach"`);
}

/**
 * The API of the gateway that is chosen. One at an address is asked with the login that faas-cli keeps for it.
 * @throws KitError NOT_FOUND where none runs for the state folder
 */
export async function connectGateway(host: Host, choice: GatewayChoice): Promise<GatewayClient> {
  if (choice.url !== undefined) return new GatewayClient(choice.url, await faasCliLogin(host, choice.url));
  const { url, stateFolder } = await requireGateway(host, choice.stateFolder);
  return GatewayClient.create(url, stateFolder);
}

/** Remembers that a gateway is ofkit's. */
export async function markOwn(stateFolder: string, { pid, started }: Location): Promise<void> {
  await writeFile(join(stateFolder, OWN_FILE), `${JSON.stringify({ pid, started })}\n`, { mode: 0o600 });
}

/** @throws KitError USAGE for a gateway that somebody else has started */
export async function requireOwn(stateFolder: string, { pid, started, url }: Location): Promise<void> {
  const text = await readFile(join(stateFolder, OWN_FILE), 'utf8').catch(() => '');
  if (text.trim() === JSON.stringify({ pid, started })) return;
  throw new KitError(
    'USAGE',
    `the gateway at ${url} was not started by ofkit: end process ${pid} where it was started`,
  );
}

/**
 * Ends a gateway with its functions: what is in flight is answered first.
 * @param hurry aborted for an end at once
 */
export async function endGateway(location: Location, hurry: AbortSignal): Promise<void> {
  const { pid } = location;
  signal(pid, 'SIGTERM');
  if (await hasEnded(location, END_WITHIN_MS, hurry)) return;
  signal(pid, 'SIGINT'); // the second one ends all at once; another of the same name might be taken for the first
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
    // It has ended by itself.
  }
}
