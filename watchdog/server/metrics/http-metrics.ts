import { METHODS } from 'node:http';
import type { MetricFamily, MetricValue } from './family.ts';

const NAME = 'http_request_duration_seconds';

/** Upper bounds in seconds: Prometheus's defaults, which of-watchdog uses. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** What was counted for one status and one method. */
interface Cell {
  readonly labels: { readonly code: string; readonly method: string };
  /** Requests by bucket, not cumulated; the last is for what is over every bound. */
  readonly counts: number[];
  total: number;
  seconds: number;
}

/** All that was counted, as it goes from one process to another. */
export type HttpCounts = readonly (readonly [key: string, cell: Readonly<Cell>])[];

/**
 * Counts requests. It is on the path of every request, so it only adds to numbers; prom-client turns them into
 * text when it is asked for them.
 */
export class HttpMetrics {
  readonly #cells = new Map<string, Cell>();

  /** @param code the status that the client got */
  count(code: number, method: string, seconds: number): void {
    const cell = this.#cells.get(`${code} ${method}`) ?? this.#addCell(code, method);
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] ?? 0)) bucket += 1;
    cell.counts[bucket] = (cell.counts[bucket] ?? 0) + 1;
    cell.total += 1;
    cell.seconds += seconds;
  }

  #addCell(code: number, method: string): Cell {
    const label = KNOWN_METHODS.has(method) ? method.toLowerCase() : 'unknown';
    const counts = Array.from({ length: BUCKETS.length + 1 }, () => 0);
    const cell = { labels: { code: String(code), method: label }, counts, total: 0, seconds: 0 };
    this.#cells.set(`${code} ${method}`, cell);
    return cell;
  }

  /** What was counted so far. */
  get counts(): HttpCounts {
    return [...this.#cells];
  }

  /** Adds what another has counted. */
  add(counts: HttpCounts): void {
    for (const [key, { labels, counts: buckets, total, seconds }] of counts) {
      let cell = this.#cells.get(key);
      if (!cell) {
        cell = { labels, counts: buckets.map(() => 0), total: 0, seconds: 0 };
        this.#cells.set(key, cell);
      }
      for (const [at, count] of buckets.entries()) cell.counts[at] = (cell.counts[at] ?? 0) + count;
      cell.total += total;
      cell.seconds += seconds;
    }
  }

  families(): MetricFamily[] {
    return [
      {
        name: 'http_requests_total',
        help: 'total HTTP requests processed',
        type: 'counter',
        values: [...this.#cells.values()].map(({ total, labels }) => ({ value: total, labels })),
      },
      {
        name: NAME,
        help: 'Seconds spent serving HTTP requests.',
        type: 'histogram',
        values: [...this.#cells.values()].flatMap(histogramValues),
      },
    ];
  }
}

function histogramValues(cell: Cell): MetricValue[] {
  const { labels } = cell;
  let sum = 0;
  const buckets = cell.counts.map((count, at) => {
    sum += count;
    const le = at < BUCKETS.length ? String(BUCKETS[at]) : '+Inf';
    return { metricName: `${NAME}_bucket`, labels: { ...labels, le }, value: sum };
  });
  return [
    ...buckets,
    { metricName: `${NAME}_sum`, labels, value: cell.seconds },
    { metricName: `${NAME}_count`, labels, value: cell.total },
  ];
}
