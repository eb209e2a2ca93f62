import { GATEWAY_DASHBOARDS } from './gateway-dashboards.ts';
import { dashboard } from './panels.ts';

const FUNCTION = {
  name: 'function_name',
  label: 'Function',
  query: 'label_values(gateway_service_count, function_name)',
};
const OF = '{function_name=~"$function_name"}';

function quantile(share: number, by: string): string {
  return `histogram_quantile(${share}, sum by (${by}le) (rate(gateway_functions_seconds_bucket${OF}[$__rate_interval])))`;
}

/** Each dashboard by the name of its file in docs/grafana. */
export const DASHBOARDS: Readonly<Record<string, object>> = {
  overview: dashboard({
    uid: 'of-gateway-overview',
    title: 'of-gateway: overview',
    description: 'All functions together, and which of them carry the load or are in trouble.',
    columns: 3,
    panels: [
      {
        title: 'Calls by status',
        unit: 'reqps',
        isStacked: true,
        queries: [
          {
            expr: 'sum by (code) (rate(gateway_function_invocation_total[$__rate_interval]))',
            legend: '{{code}}',
          },
        ],
      },
      {
        title: 'Duration',
        unit: 's',
        queries: [0.5, 0.95, 0.99].map((share) => ({
          expr: `histogram_quantile(${share}, sum by (le) (rate(gateway_functions_seconds_bucket[$__rate_interval])))`,
          legend: `p${share * 100}`,
        })),
      },
      {
        title: 'Share of calls that end with 5xx',
        unit: 'percentunit',
        queries: [
          {
            expr: 'sum(rate(gateway_function_invocation_total{code=~"5.."}[$__rate_interval])) / sum(rate(gateway_function_invocation_total[$__rate_interval]))',
            legend: 'errors',
          },
        ],
      },
      {
        title: 'Ten busiest functions',
        unit: 'reqps',
        queries: [
          {
            expr: 'topk(10, sum by (function_name) (rate(gateway_function_invocation_total[$__rate_interval])))',
            legend: '{{function_name}}',
          },
        ],
      },
      {
        title: 'Replicas that are ready',
        unit: 'short',
        isStacked: true,
        queries: [
          { expr: 'sum by (function_name) (gateway_service_ready_count)', legend: '{{function_name}}' },
        ],
      },
      {
        title: 'Replicas that are missing',
        description: 'Wished for, and not ready.',
        unit: 'short',
        queries: [
          {
            expr: 'sum by (function_name) (gateway_service_count - gateway_service_ready_count) > 0',
            legend: '{{function_name}}',
          },
        ],
      },
    ],
  }),
  functions: dashboard({
    uid: 'of-gateway-functions',
    title: 'of-gateway: functions',
    description: 'Single functions: rate, duration, calls in flight, replicas and their target.',
    variables: [FUNCTION],
    columns: 2,
    panels: [
      {
        title: 'Calls by function and status',
        unit: 'reqps',
        queries: [
          {
            expr: `sum by (function_name, code) (rate(gateway_function_invocation_total${OF}[$__rate_interval]))`,
            legend: '{{function_name}} {{code}}',
          },
        ],
      },
      {
        title: 'Duration, p95',
        unit: 's',
        queries: [{ expr: quantile(0.95, 'function_name, '), legend: '{{function_name}}' }],
      },
      {
        title: 'Duration, mean',
        unit: 's',
        queries: [
          {
            expr: `sum by (function_name) (rate(gateway_functions_seconds_sum${OF}[$__rate_interval])) / sum by (function_name) (rate(gateway_functions_seconds_count${OF}[$__rate_interval]))`,
            legend: '{{function_name}}',
          },
        ],
      },
      {
        title: 'In flight',
        unit: 'short',
        queries: [
          {
            expr: `sum by (function_name) (gateway_function_invocation_inflight${OF})`,
            legend: '{{function_name}}',
          },
        ],
      },
      {
        title: 'Replicas',
        unit: 'short',
        queries: [
          {
            expr: `sum by (function_name) (gateway_service_count${OF})`,
            legend: '{{function_name}} wanted',
          },
          {
            expr: `sum by (function_name) (gateway_service_ready_count${OF})`,
            legend: '{{function_name}} ready',
          },
          { expr: `sum by (function_name) (gateway_service_min${OF})`, legend: '{{function_name}} least' },
        ],
      },
      {
        title: 'Load that a replica is to carry',
        unit: 'short',
        queries: [
          {
            expr: `sum by (function_name, scaling_type) (gateway_service_target_load${OF})`,
            legend: '{{function_name}} {{scaling_type}}',
          },
        ],
      },
    ],
  }),
  ...GATEWAY_DASHBOARDS,
};
