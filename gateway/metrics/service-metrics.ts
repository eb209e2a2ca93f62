import type { MetricFamily } from '../../common/metrics/family.ts';
import { qualifiedName } from '../functions/function-name.ts';
import { leastReplicas } from '../functions/replicas.ts';
import { isAutoscaled, readScalePolicy, type ScaleDefaults } from '../scale/scale-policy.ts';
import type { FunctionStatus } from '../functions/function-status.ts';

/** @returns the metrics of the replicas of each function. A removed function disappears at once. */
export function serviceFamilies(
  functions: readonly FunctionStatus[],
  scaleDefaults: ScaleDefaults,
): MetricFamily[] {
  const gauge = (name: string, help: string, value: (status: FunctionStatus) => number): MetricFamily => ({
    name,
    help,
    type: 'gauge',
    values: functions.map((status) => ({
      labels: { function_name: qualifiedName(status.deployment) },
      value: value(status),
    })),
  });
  return [
    gauge('gateway_service_count', 'Wanted replicas of a function', ({ replicas }) => replicas),
    gauge(
      'gateway_service_ready_count',
      'Replicas of a function that are ready',
      (status) => status.availableReplicas,
    ),
    gauge('gateway_service_min', 'Fewest replicas of a function', ({ deployment }) =>
      leastReplicas(deployment.labels),
    ),
    {
      name: 'gateway_service_target_load',
      help: 'Target load of one replica of a function that is scaled by load',
      type: 'gauge',
      values: functions
        .filter(({ deployment }) => isAutoscaled(deployment))
        .map(({ deployment }) => {
          const { type, target } = readScalePolicy(deployment, scaleDefaults).policy;
          const labels = { function_name: qualifiedName(deployment), scaling_type: type };
          return { labels, value: target };
        }),
    },
  ];
}
