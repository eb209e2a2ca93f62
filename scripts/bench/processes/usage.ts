import { readdirSync, readFileSync } from 'node:fs';

/** The use of a server so far, as /proc tells it. Processor time is in microseconds. */
export interface Usage {
  /** Of the server process itself, with all its threads. */
  readonly ownCpu: number;
  /** Of the processes that it started: those that run, and those that have ended and were waited for. */
  readonly functionCpu: number;
  /** Bytes of the server process in memory now. */
  readonly ownResident: number;
  /** Bytes of the processes that it started in memory now; shared pages count for each. */
  readonly functionResident: number;
}

interface Stat {
  readonly parent: number;
  readonly cpu: number;
  readonly waitedForCpu: number;
  readonly resident: number;
  /** When it started, in ticks since the boot. This tells a process from a later one with the same id. */
  readonly started: number;
}

/** Linux shows processor time in hundredths of a second, whatever the clock of the kernel (USER_HZ). */
const TICK = 10_000;
const PAGE = 4096;

/** proc_pid_stat(5); undefined where there is no such process (any more). */
function readStat(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // the second field is the name, which may hold spaces and brackets, so only the fields behind it can be
  // split
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    parent: field(4),
    cpu: (field(14) + field(15)) * TICK,
    waitedForCpu: (field(16) + field(17)) * TICK,
    started: field(22),
    resident: field(24) * PAGE,
  };
}

/** Reads a process that may have ended meanwhile. */
export interface ProcessMark {
  readonly pid: number;
  readonly started: number;
}

/** Lists the processes below a process, at any depth. */
export function findDescendants(root: number): (ProcessMark & Stat)[] {
  const byParent = new Map<number, (ProcessMark & Stat)[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? readStat(pid) : undefined;
    if (!stat) continue;
    const siblings = byParent.get(stat.parent);
    if (siblings) siblings.push({ pid, ...stat });
    else byParent.set(stat.parent, [{ pid, ...stat }]);
  }
  const found = [...(byParent.get(root) ?? [])];
  for (const one of found) found.push(...(byParent.get(one.pid) ?? []));
  return found;
}

/** Whether the process that was marked still runs. */
export function stillRuns(mark: ProcessMark): boolean {
  return readStat(mark.pid)?.started === mark.started;
}

/** @throws Error when the process has ended */
export function readUsage(pid: number): Usage {
  const own = readStat(pid);
  if (!own) throw new Error(`process ${pid} has ended while it was measured`);
  const below = findDescendants(pid);
  return {
    ownCpu: own.cpu,
    functionCpu: below.reduce((sum, one) => sum + one.cpu + one.waitedForCpu, own.waitedForCpu),
    ownResident: own.resident,
    functionResident: below.reduce((sum, one) => sum + one.resident, 0),
  };
}
