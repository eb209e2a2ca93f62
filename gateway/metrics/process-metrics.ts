import { readdir } from 'node:fs/promises';
import { single, type MetricFamily } from '../../common/metrics/family.ts';

/** @returns the metrics of the gateway's own process */
export async function processFamilies(): Promise<MetricFamily[]> {
  const { user, system } = process.cpuUsage();
  const openFiles = await readdir('/proc/self/fd').catch(() => undefined);
  return [
    single('counter', 'process_cpu_seconds_total', 'CPU seconds of the gateway', (user + system) / 1e6),
    single(
      'gauge',
      'process_resident_memory_bytes',
      'Resident memory of the gateway',
      process.memoryUsage.rss(),
    ),
    single(
      'gauge',
      'process_start_time_seconds',
      'Start of the gateway in seconds since 1970',
      Date.now() / 1000 - process.uptime(),
    ),
    ...(openFiles
      ? [single('gauge', 'process_open_fds', 'Open files of the gateway', openFiles.length)]
      : []),
  ];
}
