import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { messageOf, systemCodeOf } from '../../common/errors.ts';
import { findGateway, locatorFile, type Location } from '../../common/gateway-location.ts';
import { startOf } from '../../common/proc.ts';
import { StartError } from '../start-error.ts';

/**
 * Claims a state folder for this process, and writes the file that tells where the gateway runs, without URLs as yet.
 * @throws StartError where another gateway uses the folder, or it cannot be written
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
 * Takes a name in the kernel that only one process can have, until it ends in any way (unix(7), abstract sockets).
 * Other systems than Linux have no such names: there only the file decides, so two starts at the same time may both
 * succeed.
 * @returns undefined where another process has the name
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

/** A state folder that this process has claimed. */
export class StateFolderClaim {
  readonly #stateDir: string;
  readonly #lock: Server;

  constructor(stateDir: string, lock: Server) {
    this.#stateDir = stateDir;
    this.#lock = lock;
  }

  /**
   * Writes the gateway's URLs to the file, for other programs.
   * @throws StartError where the file cannot be written
   */
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
