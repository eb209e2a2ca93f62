import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findGateway, type Location } from '../../common/gateway-location.ts';
import { KitError } from '../errors.ts';
import { isFile } from '../files/kinds.ts';
import type { Project } from '../project.ts';
import { findWatchdog } from './find-watchdog.ts';
import { PortRow } from './port-row.ts';
import { markOwn } from './running-gateway.ts';

export interface GatewayOptions {
  readonly stateFolder: string;
  /** Its port; undefined for 8080 or the next free one, 0 for any free one. */
  readonly port: number | undefined;
  readonly watchdog: string | undefined;
  /** Whether it goes on when ofkit has ended. Else it ends with ofkit, even where ofkit is killed. */
  readonly detached: boolean;
  /** Whether calls have no timeout, so that a breakpoint of a debugger may hold them. */
  readonly unlimited?: boolean;
}

/** A gateway that ofkit has started. */
export interface StartedGateway {
  readonly location: Location;
  /** Resolves when its process has ended. */
  readonly ended: Promise<void>;
}

/** The port where OpenFaaS's clients look for a gateway. */
export const FIRST_PORT = 8080;
const STARTED_WITHIN_MS = 60_000;
const POLL_MS = 5;

/** The file of the gateway's own output, in the state folder. */
const LOG_FILE = 'gateway.log';

/**
 * Starts a gateway for a developer: on loopback, without a login, with debuggers.
 * @throws KitError TOOL_MISSING, PORT_TAKEN, START_FAILED with its output
 */
export async function startGateway(project: Project, options: GatewayOptions): Promise<StartedGateway> {
  const { stateFolder, detached } = options;
  const program = await findProgram(project);
  const args = await argumentsOf(project, options);
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  const log = await open(join(stateFolder, LOG_FILE), 'w', 0o600);
  const child = spawn(process.execPath, [program, ...args], {
    cwd: stateFolder,
    env: { ...project.environment },
    // In a group of its own it gets no Ctrl-C of the terminal: ofkit ends it in order. The channel closes with ofkit.
    detached: true,
    stdio: ['ignore', log.fd, log.fd, ...(detached ? [] : (['ipc'] as const))],
  });
  const ended = new Promise<void>((resolve) =>
    child.once('error', () => resolve()).once('exit', () => resolve()),
  );
  await log.close();
  try {
    const location = await untilListening(project, child, ended, stateFolder);
    await markOwn(stateFolder, location);
    return { location, ended };
  } finally {
    child.unref();
    child.channel?.unref();
  }
}

async function argumentsOf(
  project: Project,
  { stateFolder, port, watchdog, unlimited }: GatewayOptions,
): Promise<readonly string[]> {
  return Object.entries({
    host: '127.0.0.1',
    port: port === 0 ? 0 : await new PortRow(port, FIRST_PORT, '--port').take(),
    'metrics-port': 0,
    'state-dir': stateFolder,
    provider: 'process',
    'basic-auth': false,
    development: true,
    // Only the developer may read the project's files.
    'function-users': false,
    watchdog: await findWatchdog(project, watchdog),
    ...(unlimited && { 'read-timeout': '24h', 'write-timeout': '24h', 'upstream-timeout': '24h' }),
  }).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

async function findProgram(project: Project): Promise<string> {
  const chosen = project.environment.OFKIT_GATEWAY;
  const path = chosen ? resolve(project.folder, chosen) : join(dirname(project.program), 'of-gateway.js');
  if (await isFile(path)) return path;
  throw new KitError(
    'TOOL_MISSING',
    `the gateway ${path} is not there: run "npm run build", or name it in OFKIT_GATEWAY`,
  );
}

/** Waits for the file that tells the gateway's address. Where a second ofkit was faster, its gateway is taken. */
async function untilListening(
  project: Project,
  child: ChildProcess,
  ended: Promise<void>,
  stateFolder: string,
): Promise<Location> {
  const isEnded = ended.then(() => true);
  const deadline = performance.now() + STARTED_WITHIN_MS;
  for (let isOver = false; performance.now() < deadline && !project.interrupted.aborted;) {
    const location = await findGateway(stateFolder);
    if (location?.url) return location;
    if (isOver && !location) break;
    isOver = await Promise.race([isEnded, sleep(POLL_MS, false)]);
  }
  child.kill('SIGKILL');
  project.interrupted.throwIfAborted();
  throw new KitError('START_FAILED', 'the gateway does not start: see above', {
    output: await gatewayLog(stateFolder),
  });
}

/** Reads the output of a state folder's gateway. */
export async function gatewayLog(stateFolder: string): Promise<string> {
  return readFile(join(stateFolder, LOG_FILE), 'utf8').catch(() => '');
}
