import type { MetricFamily } from '../../common/metrics/family.ts';
import type { CallQueue, QueueLoad } from '../async/call-queue.ts';
import { qualifiedName } from '../functions/function-name.ts';

/** The value of the label for the queue-worker's pod, as the gateway makes queued calls itself. */
const WORKER = 'of-gateway';

/** @returns the metrics of queued calls, with the names of OpenFaaS's queue-worker */
export function queueFamilies(queue: Pick<CallQueue, 'load' | 'totals' | 'reconnects'>): MetricFamily[] {
  const loads = queue.load();
  const gauge = (name: string, help: string, value: (load: QueueLoad) => number): MetricFamily => ({
    name,
    help,
    type: 'gauge',
    values: loads.map((load) => ({
      labels: { queue_name: load.queue, function_name: qualifiedName(load.name) },
      value: value(load),
    })),
  });
  const counter = (name: string, help: string, key: 'submitted' | 'processed'): MetricFamily => ({
    name,
    help,
    type: 'counter',
    values: [...queue.totals].map(([queueName, totals]) => ({
      labels: { queue_name: queueName, kubernetes_pod_name: WORKER },
      value: totals[key],
    })),
  });
  return [
    gauge('queue_worker_pending_messages', 'Queued calls that wait', ({ waiting }) => waiting),
    gauge(
      'queue_worker_function_invocation_inflight',
      'Queued calls that are under way',
      ({ running }) => running,
    ),
    counter('queue_worker_messages_submitted_total', 'Calls that were queued', 'submitted'),
    counter(
      'queue_worker_messages_processed_total',
      'Queued calls that have ended, whatever came of them',
      'processed',
    ),
    ...reconnects(queue.reconnects),
  ];
}

/** @returns the metric under both names of OpenFaaS, as gateway and queue-worker are one here; none without NATS */
function reconnects(count: number | undefined): MetricFamily[] {
  if (count === undefined) return [];
  return ['gateway_nats_reconnect_total', 'queue_worker_nats_reconnect_total'].map((name) => ({
    name,
    help: 'How often the connection to NATS was lost and made again',
    type: 'counter',
    values: [{ labels: {}, value: count }],
  }));
}
