import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { messageOf, systemCodeOf } from '../../common/errors.ts';
import { readProcess } from '../../common/proc.ts';
import { StartError } from '../start-error.ts';

/** Where the gateway of a state folder runs. */
export interface Location {
  readonly pid: number;
  /** Tells the process from a later one of the same number: when it started, as /proc has it. */
  readonly started: string | undefined;
  readonly url: string;
  readonly metricsUrl: string;
}

/** The file of the gateway that has a state folder for its own. */
function locatorFile(stateDir: string): string {
  return path.join(stateDir, 'gateway.json');
}

/** @returns where the gateway of this state folder runs, or undefined where none does */
export async function findGateway(stateDir: string): Promise<Location | undefined> {
  const location = await readLocation(stateDir);
  return location && isAlive(location) ? location : undefined;
}

/**
 * Takes a state folder for this process. `tell` is to be called with the URLs once they are known.
 * @throws StartError where another gateway has it, or it cannot be written
 */
export async function claimStateFolder(stateDir: string): Promise<StateFolderClaim> {
  const lock = await takeLock(stateDir);
  const other = await findGateway(stateDir);
  if (!lock || (other && other.pid !== process.pid)) {
    lock?.close();
    throw new StartError(
      `another gateway uses ${stateDir}: ${other ? `process ${other.pid} at ${other.url || 'no port yet'}` : 'it is starting'}; stop it, or set state_dir`,
    );
  }
  const claim = new StateFolderClaim(stateDir, lock);
  await claim.tell('', '');
  return claim;
}

/**
 * A name in the kernel that one process alone can have, and that goes with it however it ends (unix(7), abstract
 * sockets). Where there are none, the file alone tells, which two starts at once can both find free.
 * @returns undefined where another process has it
 */
async function takeLock(stateDir: string): Promise<Server | undefined> {
  const lock = createServer((socket) => socket.destroy()).unref();
  if (process.platform !== 'linux') return lock;
  const name = createHash('sha256').update(stateDir).digest('hex');
  lock.listen(`\0of-gateway-${name}`);
  try {
    await once(lock, 'listening');
    return lock;
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'EADDRINUSE') return undefined;
    throw new StartError(`cannot claim ${stateDir}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** A state folder that is this process's own. */
export class StateFolderClaim {
  readonly #stateDir: string;
  readonly #lock: Server;

  constructor(stateDir: string, lock: Server) {
    this.#stateDir = stateDir;
    this.#lock = lock;
  }

  /** Writes down where the gateway listens, for other programs. */
  async tell(url: string, metricsUrl: string): Promise<void> {
    const file = locatorFile(this.#stateDir);
    const draft = `${file}.${process.pid}`;
    const location: Location = { pid: process.pid, started: startOf(process.pid), url, metricsUrl };
    try {
      await mkdir(this.#stateDir, { recursive: true, mode: 0o700 });
      const handle = await open(draft, 'w', 0o600);
      try {
        await handle.writeFile(`${JSON.stringify(location)}\n`);
      } finally {
        await handle.close();
      }
      await rename(draft, file);
    } catch (thrown) {
      throw new StartError(
        `cannot write ${file}: ${messageOf(thrown)}; set state_dir to a folder of your own`,
        {
          cause: thrown,
        },
      );
    }
  }

  async release(): Promise<void> {
    await rm(locatorFile(this.#stateDir), { force: true });
    this.#lock.close();
  }
}

async function readLocation(stateDir: string): Promise<Location | undefined> {
  try {
    const { pid, started, url, metricsUrl } = JSON.parse(
      await readFile(locatorFile(stateDir), 'utf8'),
    ) as Location;
    return { pid, started, url, metricsUrl };
  } catch {
    return undefined; // there is none, or it was cut off by a crash of the machine
  }
}

/** After kill -9 the file is still there, and its process is not, or is another one by now. */
function isAlive({ pid, started }: Location): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // one that has ended stays in the table until its parent asks for its status
  return started === startOf(pid) && readProcess(pid)?.state !== 'Z';
}

/** When a process started, in ticks since the boot; undefined where there is no /proc. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
