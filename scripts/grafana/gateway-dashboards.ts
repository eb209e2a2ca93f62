import { dashboard } from './panels.ts';

const QUEUE = {
  name: 'queue_name',
  label: 'Queue',
  query: 'label_values(queue_worker_messages_submitted_total, queue_name)',
};
/** The dashboard of the gateway itself: queued calls, and its API. */
export const GATEWAY_DASHBOARDS: Readonly<Record<string, object>> = {
  queues: dashboard({
    uid: 'of-gateway-queues',
    title: 'of-gateway: queues',
    description: 'Queued calls: how many wait and run, and how fast they come and go.',
    variables: [QUEUE],
    columns: 2,
    panels: [
      {
        title: 'Calls that wait',
        unit: 'short',
        isStacked: true,
        queries: [
          {
            expr: 'sum by (queue_name, function_name) (queue_worker_pending_messages{queue_name=~"$queue_name"})',
            legend: '{{queue_name}} {{function_name}}',
          },
        ],
      },
      {
        title: 'Calls under way',
        unit: 'short',
        isStacked: true,
        queries: [
          {
            expr: 'sum by (queue_name, function_name) (queue_worker_function_invocation_inflight{queue_name=~"$queue_name"})',
            legend: '{{queue_name}} {{function_name}}',
          },
        ],
      },
      {
        title: 'Calls that come and end',
        unit: 'reqps',
        queries: [
          {
            expr: 'sum by (queue_name) (rate(queue_worker_messages_submitted_total{queue_name=~"$queue_name"}[$__rate_interval]))',
            legend: '{{queue_name}} come',
          },
          {
            expr: 'sum by (queue_name) (rate(queue_worker_messages_processed_total{queue_name=~"$queue_name"}[$__rate_interval]))',
            legend: '{{queue_name}} end',
          },
        ],
      },
      {
        title: 'Calls that have come and not ended',
        unit: 'short',
        queries: [
          {
            expr: 'sum by (queue_name) (queue_worker_messages_submitted_total{queue_name=~"$queue_name"} - queue_worker_messages_processed_total{queue_name=~"$queue_name"})',
            legend: '{{queue_name}}',
          },
        ],
      },
    ],
  }),
  gateway: dashboard({
    uid: 'of-gateway-gateway',
    title: 'of-gateway: the gateway itself',
    description: 'Requests to the API, and what the gateway itself uses.',
    columns: 3,
    panels: [
      {
        title: 'Requests to the API',
        unit: 'reqps',
        queries: [
          {
            expr: 'sum by (method, path) (rate(http_requests_total[$__rate_interval]))',
            legend: '{{method}} {{path}}',
          },
        ],
      },
      {
        title: 'Requests that fail',
        unit: 'reqps',
        queries: [
          {
            expr: 'sum by (path, status) (rate(http_requests_total{status=~"[45].."}[$__rate_interval]))',
            legend: '{{status}} {{path}}',
          },
        ],
      },
      {
        title: 'Duration of requests, p95',
        unit: 's',
        queries: [
          {
            expr: 'histogram_quantile(0.95, sum by (path, le) (rate(http_request_duration_seconds_bucket[$__rate_interval])))',
            legend: '{{path}}',
          },
        ],
      },
      {
        title: 'CPU',
        unit: 'short',
        queries: [
          {
            expr: 'rate(process_cpu_seconds_total{job="of-gateway"}[$__rate_interval])',
            legend: '{{instance}}',
          },
        ],
      },
      {
        title: 'Memory',
        unit: 'bytes',
        queries: [{ expr: 'process_resident_memory_bytes{job="of-gateway"}', legend: '{{instance}}' }],
      },
      {
        title: 'Open files',
        unit: 'short',
        queries: [{ expr: 'process_open_fds{job="of-gateway"}', legend: '{{instance}}' }],
      },
    ],
  }),
};
