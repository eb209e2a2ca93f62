import { readdirSync } from 'node:fs';
import { single, type MetricFamily } from '../../../common/metrics/family.ts';
import { readProcess, withDescendants, type ProcessFacts } from '../../../common/proc.ts';

/** The watchdog's processes beside this one. */
export interface WorkerUse {
  readonly processIds: readonly number[];
  /** CPU seconds of these processes, and of those before them that have ended. */
  readonly cpuSeconds: number;
  /** CPU seconds of those that have ended: the kernel counts them as those of this process's children. */
  readonly endedCpuSeconds: number;
}

const NO_WORKERS: WorkerUse = { processIds: [], cpuSeconds: 0, endedCpuSeconds: 0 };

/** Gives the use of the function's processes, apart from the watchdog's own. Empty where there is no /proc. */
export function processFamilies(
  functionProcesses: readonly number[],
  workers: WorkerUse = NO_WORKERS,
): MetricFamily[] {
  const own = readProcess('self');
  if (!own) return [];
  const watchdogs = [own, ...workers.processIds.map(readProcess)];
  const alive = functionProcesses.flatMap(withDescendants).map(readProcess);
  const ended = functionProcesses.includes(process.pid)
    ? 0
    : Math.max(0, sum(watchdogs, (use) => use.childCpuSeconds) - workers.endedCpuSeconds);
  return [
    single(
      'counter',
      'function_cpu_seconds_total',
      "CPU seconds of the function's processes, those that have ended included",
      ended + sum(alive, (use) => use.cpuSeconds + use.childCpuSeconds),
    ),
    single(
      'gauge',
      'function_resident_memory_bytes',
      "Resident memory of the function's processes",
      sum(alive, (use) => use.residentBytes),
    ),
    single(
      'counter',
      'process_cpu_seconds_total',
      'CPU seconds of the watchdog',
      own.cpuSeconds + workers.cpuSeconds,
    ),
    single(
      'gauge',
      'process_resident_memory_bytes',
      'Resident memory of the watchdog',
      sum(watchdogs, (use) => use.residentBytes),
    ),
    single(
      'gauge',
      'process_open_fds',
      'Open files of the watchdog',
      openFiles(['self', ...workers.processIds]),
    ),
    single(
      'gauge',
      'process_start_time_seconds',
      'Start of the watchdog in seconds since 1970',
      Date.now() / 1000 - process.uptime(),
    ),
  ];
}

function sum(processes: readonly (ProcessFacts | undefined)[], value: (use: ProcessFacts) => number): number {
  return processes.reduce((total, use) => total + (use ? value(use) : 0), 0);
}

function openFiles(processes: readonly (number | 'self')[]): number {
  let count = 0;
  for (const id of processes) {
    try {
      count += readdirSync(`/proc/${id}/fd`).length;
    } catch {
      // it has ended meanwhile
    }
  }
  return count;
}
