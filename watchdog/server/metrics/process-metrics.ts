import { readFileSync, readdirSync } from 'node:fs';
import { single, type MetricFamily } from './family.ts';

/** Clock ticks a second in /proc: USER_HZ, which is 100 on every architecture that Node runs on. */
const TICKS = 100;
const PAGE_BYTES = 4096;

interface ProcessUse {
  readonly cpuSeconds: number;
  /** CPU of the children that it has waited for. */
  readonly childCpuSeconds: number;
  readonly residentBytes: number;
}

/** What the function's processes use, beside what the watchdog itself does. Empty where there is no /proc. */
export function processFamilies(functionProcesses: readonly number[]): MetricFamily[] {
  const own = readUse('self');
  if (!own) return [];
  const alive = functionProcesses.flatMap(withDescendants).map((id) => readUse(String(id)));
  const sum = (value: (use: ProcessUse) => number): number =>
    alive.reduce((total, use) => total + (use ? value(use) : 0), 0);
  return [
    single(
      'counter',
      'function_cpu_seconds_total',
      "CPU seconds of the function's processes, those that have ended included",
      own.childCpuSeconds + sum((use) => use.cpuSeconds + use.childCpuSeconds),
    ),
    single(
      'gauge',
      'function_resident_memory_bytes',
      "Resident memory of the function's processes",
      sum((use) => use.residentBytes),
    ),
    single('counter', 'process_cpu_seconds_total', 'CPU seconds of the watchdog', own.cpuSeconds),
    single('gauge', 'process_resident_memory_bytes', 'Resident memory of the watchdog', own.residentBytes),
    single('gauge', 'process_open_fds', 'Open files of the watchdog', readdirSync('/proc/self/fd').length),
    single(
      'gauge',
      'process_start_time_seconds',
      'Start of the watchdog in seconds since 1970',
      Date.now() / 1000 - process.uptime(),
    ),
  ];
}

/** A process and what it has started, as far as the kernel tells. */
function withDescendants(id: number): number[] {
  try {
    const children = readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').split(' ').filter(Boolean);
    return [id, ...children.map(Number).flatMap(withDescendants)];
  } catch {
    return [id];
  }
}

function readUse(id: string): ProcessUse | undefined {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
    // proc(5): the name may hold blanks and brackets; the third field, the state, follows the last bracket
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    return {
      cpuSeconds: (field(14) + field(15)) / TICKS,
      childCpuSeconds: (field(16) + field(17)) / TICKS,
      residentBytes: field(24) * PAGE_BYTES,
    };
  } catch {
    return undefined; // it has ended
  }
}
