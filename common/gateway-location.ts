import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readProcess, startOf } from './proc.ts';

/** The process and the URLs of the gateway of a state folder. */
export interface Location {
  readonly pid: number;
  /** When the process started, as in /proc. A later process with the same id has another value. */
  readonly started: string | undefined;
  readonly url: string;
  readonly metricsUrl: string;
}

/** @returns the path of the file with the location of a state folder's gateway */
export function locatorFile(stateDir: string): string {
  return path.join(stateDir, 'gateway.json');
}

/** @returns the location of the gateway of a state folder; undefined where none runs */
export async function findGateway(stateDir: string): Promise<Location | undefined> {
  const location = await readLocation(stateDir);
  return location && isAlive(location) ? location : undefined;
}

async function readLocation(stateDir: string): Promise<Location | undefined> {
  try {
    const { pid, started, url, metricsUrl } = JSON.parse(
      await readFile(locatorFile(stateDir), 'utf8'),
    ) as Location;
    return { pid, started, url, metricsUrl };
  } catch {
    return undefined; // there is no gateway, or the file was cut off by a crash of the machine
  }
}

/**
 * Whether the gateway at a location is alive. After kill -9 the file still exists, but the process has ended, or
 * another process has its id.
 */
export function isAlive({ pid, started }: Location): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // a zombie has ended too: it only waits for its parent to read its status
  return started === startOf(pid) && readProcess(pid)?.state !== 'Z';
}
