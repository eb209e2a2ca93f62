import type { MetricFamily } from '../../common/metrics/family.ts';
import { qualifiedName } from '../functions/function-name.ts';
import type { FunctionStatus } from '../functions/function-status.ts';

/** @returns the metrics of the CPU and memory of functions, over all their instances, where they were measured */
export function usageFamilies(functions: readonly FunctionStatus[]): MetricFamily[] {
  const family = (
    name: string,
    type: MetricFamily['type'],
    help: string,
    read: (usage: NonNullable<FunctionStatus['usage']>) => number | undefined,
  ): MetricFamily => ({
    name,
    type,
    help,
    values: functions.flatMap(({ deployment, usage }) => {
      const value = usage && read(usage);
      const labels = { function_name: qualifiedName(deployment), namespace: deployment.namespace };
      return value === undefined ? [] : [{ labels, value }];
    }),
  });
  return [
    family(
      'pod_cpu_usage_seconds_total',
      'counter',
      'CPU seconds of a function, all of its instances and processes together',
      ({ cpuSeconds }) => cpuSeconds,
    ),
    family(
      'pod_memory_working_set_bytes',
      'gauge',
      'Memory of a function, all of its instances and processes together',
      ({ totalMemoryBytes }) => totalMemoryBytes,
    ),
  ];
}
