import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Facts about processes from /proc. A process that has gone reads as nothing, and not as an error. */

interface ProcessStatus {
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** User and system time in ticks of the clock. */
  readonly ticks: number;
}

function statusOf(pid: number): ProcessStatus | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // the name in parentheses may hold spaces, so fields are counted from its end
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      state: fields[0] ?? '',
      parent: Number(fields[1]),
      group: Number(fields[2]),
      session: Number(fields[3]),
      ticks: Number(fields[11]) + Number(fields[12]),
    };
  } catch {
    return undefined;
  }
}

function allPids(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);
}

/** Whether the process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  const state = statusOf(pid)?.state;
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** The direct children, zombies among them. */
export function childrenOf(pid: number): number[] {
  return allPids().filter((other) => statusOf(other)?.parent === pid);
}

/** The children that have ended and were not waited for. */
export function zombiesOf(pid: number): number[] {
  return childrenOf(pid).filter((child) => statusOf(child)?.state === 'Z');
}

/** The process group, or undefined where the process is gone. */
export function groupOf(pid: number): number | undefined {
  return statusOf(pid)?.group;
}

/** The session, or undefined where the process is gone. */
export function sessionOf(pid: number): number | undefined {
  return statusOf(pid)?.session;
}

/** Living processes whose environment holds the entry `NAME=value`. */
export function processesWith(entry: string): number[] {
  return allPids().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(entry) && isAlive(pid);
    } catch {
      return false;
    }
  });
}

/** The target of each open file descriptor: a path, `socket:[…]`, `pipe:[…]`, `anon_inode:…`. */
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
  try {
    return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Bytes that the process has written so far, to files and sockets. */
export function writtenBytesOf(pid: number): number {
  try {
    return Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Time on a processor so far, in ticks of the clock (a hundredth of a second). */
export function cpuTicksOf(pid: number): number {
  return statusOf(pid)?.ticks ?? 0;
}

/** Sends a signal to a process, or to a group with a negative id. A process that has gone is not an error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has gone already
  }
}
