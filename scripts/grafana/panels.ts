/** Parts of a dashboard of Grafana, as its JSON has them (schema version 39: Grafana 10.4 and later). */

interface Query {
  readonly expr: string;
  readonly legend: string;
}

interface PanelOptions {
  readonly title: string;
  readonly description?: string;
  /** As Grafana calls it: `reqps`, `s`, `bytes`, `percentunit`, `short`. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Lines are stacked on each other. */
  readonly isStacked?: boolean;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const WIDTH = 24;
const HEIGHT = 8;

function targets(queries: readonly Query[]): object[] {
  return queries.map(({ expr, legend }, at) => ({
    datasource: DATASOURCE,
    editorMode: 'code',
    expr,
    legendFormat: legend,
    range: true,
    refId: String.fromCharCode(65 + at),
  }));
}

function timeseries(options: PanelOptions, id: number, gridPos: Box): object {
  const { title, description = '', unit, queries, isStacked = false } = options;
  return {
    id,
    type: 'timeseries',
    title,
    description,
    datasource: DATASOURCE,
    gridPos,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        custom: {
          drawStyle: 'line',
          lineWidth: 1,
          fillOpacity: isStacked ? 30 : 8,
          showPoints: 'never',
          spanNulls: false,
          stacking: { mode: isStacked ? 'normal' : 'none', group: 'A' },
        },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    targets: targets(queries),
  };
}

/** A name in the head of a dashboard that its queries use. */
interface Variable {
  readonly name: string;
  readonly label: string;
  readonly query: string;
}

export interface DashboardOptions {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables?: readonly Variable[];
  readonly panels: readonly PanelOptions[];
  /** How many stand beside each other. */
  readonly columns: 2 | 3;
}

export function dashboard({
  uid,
  title,
  description,
  variables = [],
  panels,
  columns,
}: DashboardOptions): object {
  const w = WIDTH / columns;
  return {
    uid,
    title,
    description,
    tags: ['of-gateway'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    timepicker: {},
    timezone: '',
    annotations: { list: [] },
    links: [],
    templating: {
      list: [
        {
          name: 'datasource',
          label: 'Prometheus',
          type: 'datasource',
          query: 'prometheus',
          hide: 0,
          current: {},
        },
        ...variables.map(({ name, label, query }) => ({
          name,
          label,
          type: 'query',
          datasource: DATASOURCE,
          definition: query,
          query: { query, refId: name },
          includeAll: true,
          multi: true,
          allValue: '.*',
          current: { text: 'All', value: '$__all' },
          refresh: 2,
          sort: 1,
          hide: 0,
        })),
      ],
    },
    panels: panels.map((panel, at) =>
      timeseries(panel, at + 1, {
        x: (at % columns) * w,
        y: Math.floor(at / columns) * HEIGHT,
        w,
        h: HEIGHT,
      }),
    ),
  };
}
