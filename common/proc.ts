import { readFileSync, readdirSync } from 'node:fs';

/** The clock ticks per second in /proc: USER_HZ, which is 100 on every architecture that Node runs on. */
const TICKS = 100;

/** The kernel's facts about a process (proc(5), /proc/PID/stat). */
export interface ProcessFacts {
  /** One letter; `Z` is a zombie. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly cpuSeconds: number;
  /** CPU seconds of the children that it has waited for. */
  readonly childCpuSeconds: number;
  readonly residentBytes: number;
}

/** @returns the facts about a process; undefined where there is no such process, or no /proc */
export function readProcess(id: number | 'self'): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
    // the name may contain spaces and brackets; the third field, the state, follows the last bracket
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    return {
      state: fields[0] ?? '',
      parent: field(4),
      group: field(5),
      session: field(6),
      cpuSeconds: (field(14) + field(15)) / TICKS,
      childCpuSeconds: (field(16) + field(17)) / TICKS,
      residentBytes:
        Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'latin1'))?.[1] ?? 0) * 1024,
    };
  } catch {
    return undefined;
  }
}

/**
 * Reads the address of a process's stack, which differs for each program that the process executes.
 * @returns undefined where this process may not read it
 */
export function stackStart(id: number | 'self'): string | undefined {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[28 - 3];
    return start === '0' ? undefined : start;
  } catch {
    return undefined;
  }
}

/** Lists the ids of all processes that this one can see. */
export function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((id) => Number.isInteger(id));
  } catch {
    return [];
  }
}

/** Lists the ids of a process and its descendants. Those whose parents have ended are not among them. */
export function withDescendants(id: number): number[] {
  try {
    const threads = readdirSync(`/proc/${id}/task`);
    const children = threads.flatMap((thread) =>
      readFileSync(`/proc/${id}/task/${thread}/children`, 'utf8').split(' '),
    );
    return [id, ...children.filter(Boolean).map(Number).flatMap(withDescendants)];
  } catch {
    return [id];
  }
}
