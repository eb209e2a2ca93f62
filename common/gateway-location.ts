import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readProcess } from './proc.ts';

/** The place where the gateway of a state folder runs. */
export interface Location {
  readonly pid: number;
  /** When the process started, as /proc has it: this tells it from a later process with the same id. */
  readonly started: string | undefined;
  readonly url: string;
  readonly metricsUrl: string;
}

/** Names the file in which the gateway of a state folder writes its location. */
export function locatorFile(stateDir: string): string {
  return path.join(stateDir, 'gateway.json');
}

/** @returns where the gateway of this state folder runs, or undefined where none does */
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
 * Whether the gateway at a location is alive. After kill -9 the file is still there, but its process is gone, or
 * another process has its id.
 */
export function isAlive({ pid, started }: Location): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // a process that has ended stays in the table until its parent asks for its status
  return started === startOf(pid) && readProcess(pid)?.state !== 'Z';
}

/** Gives the start of a process, in ticks since the boot; undefined where there is no /proc. */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
