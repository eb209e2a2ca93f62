import { processIds, readProcess, type ProcessFacts } from '../../../common/proc.ts';

/** What a server has used so far. Processor time in microseconds. */
export interface Usage {
  /** Of the server process itself, all its threads. */
  readonly ownCpu: number;
  /** Of the processes it started: those that run, and those that have ended and were waited for. */
  readonly functionCpu: number;
  /** Bytes of the server process that are in memory now. */
  readonly ownResident: number;
  /** Bytes of the processes it started that are in memory now; pages they share are counted in each. */
  readonly functionResident: number;
}

/** The processes below a process, at any depth. */
export function findDescendants(root: number): (ProcessFacts & { readonly pid: number })[] {
  const all = processIds().flatMap((pid) => {
    const facts = readProcess(pid);
    return facts ? [{ pid, ...facts }] : [];
  });
  const below = (parent: number): typeof all =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return below(root);
}

/** @throws Error when the process has ended */
export function readUsage(pid: number): Usage {
  const own = readProcess(pid);
  if (!own) throw new Error(`process ${pid} has ended while it was measured`);
  const below = findDescendants(pid);
  const sum = (of: (one: ProcessFacts) => number): number => below.reduce((total, one) => total + of(one), 0);
  return {
    ownCpu: own.cpuSeconds * 1e6,
    functionCpu: (own.childCpuSeconds + sum((one) => one.cpuSeconds + one.childCpuSeconds)) * 1e6,
    ownResident: own.residentBytes,
    functionResident: sum((one) => one.residentBytes),
  };
}
