import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { processIds, readProcess } from '../../common/proc.ts';

/** Reads facts about processes from /proc. A process that has gone reads as nothing rather than as an error. */

/** Whether the process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  const state = readProcess(pid)?.state;
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** The direct children, zombies among them. */
export function childrenOf(pid: number): number[] {
  return processIds().filter((other) => readProcess(other)?.parent === pid);
}

/** The children that have ended and were not waited for. */
export function zombiesOf(pid: number): number[] {
  return childrenOf(pid).filter((child) => readProcess(child)?.state === 'Z');
}

/** The process group, or undefined where the process is gone. */
export function groupOf(pid: number): number | undefined {
  return readProcess(pid)?.group;
}

/** The session, or undefined where the process is gone. */
export function sessionOf(pid: number): number | undefined {
  return readProcess(pid)?.session;
}

/** Living processes whose environment holds the entry `NAME=value`. */
export function processesWith(entry: string): number[] {
  return processIds().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(entry) && isAlive(pid);
    } catch {
      return false;
    }
  });
}

/** The targets of the open file descriptors: a path, `socket:[…]`, `pipe:[…]`, `anon_inode:…`. */
export function openFilesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return []; // closed meanwhile
      }
    });
  } catch {
    return [];
  }
}

/** Resident memory in bytes, 0 where the process is gone. */
export function residentBytesOf(pid: number): number {
  return readProcess(pid)?.residentBytes ?? 0;
}

/** Bytes that the process has written so far, to files and sockets. */
export function writtenBytesOf(pid: number): number {
  try {
    return Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Sends a signal to a process, or to a group with a negative id; one that has gone is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone already
  }
}
