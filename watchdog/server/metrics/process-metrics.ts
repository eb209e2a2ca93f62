import { readdirSync } from 'node:fs';
import { readProcess, withDescendants, type ProcessFacts } from '../../process/proc.ts';
import { single, type MetricFamily } from './family.ts';

/** What the function's processes use, beside what the watchdog itself does. Empty where there is no /proc. */
export function processFamilies(functionProcesses: readonly number[]): MetricFamily[] {
  const own = readProcess('self');
  if (!own) return [];
  const alive = functionProcesses.flatMap(withDescendants).map(readProcess);
  const sum = (value: (use: ProcessFacts) => number): number =>
    alive.reduce((total, use) => total + (use ? value(use) : 0), 0);
  return [
    single(
      'counter',
      'function_cpu_seconds_total',
      "CPU seconds of the function's processes, those that have ended included",
      (functionProcesses.includes(process.pid) ? 0 : own.childCpuSeconds) +
        sum((use) => use.cpuSeconds + use.childCpuSeconds),
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
