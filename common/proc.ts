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
    const field = readStat(id);
    return {
      state: field(3),
      parent: Number(field(4)),
      group: Number(field(5)),
      session: Number(field(6)),
      cpuSeconds: (Number(field(14)) + Number(field(15))) / TICKS,
      childCpuSeconds: (Number(field(16)) + Number(field(17))) / TICKS,
      residentBytes:
        Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'latin1'))?.[1] ?? 0) * 1024,
    };
  } catch {
    return undefined;
  }
}

/**
 * Reads when a process was started, which tells it from a later process with the same id.
 * @returns ticks since the boot; undefined where there is no such process, or no /proc
 */
export function startOf(id: number): string | undefined {
  try {
    return readStat(id)(22);
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
    const start = readStat(id)(28);
    return start === '0' ? undefined : start;
  } catch {
    return undefined;
  }
}

/**
 * Reads /proc/PID/stat.
 * @returns a function that gives a field by its number in proc(5), from 3 on
 * @throws the system's error
 */
function readStat(id: number | 'self'): (number: number) => string {
  const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
  // the name may contain spaces and brackets; the third field, the state, follows the last bracket
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (number) => fields[number - 3] ?? '';
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
