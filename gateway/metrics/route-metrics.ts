import type { MetricFamily } from '../../common/metrics/family.ts';
import { histogramValues, newHistogram, observe, type Histogram } from '../../common/metrics/histogram.ts';

const SECONDS = 'http_request_duration_seconds';

interface Cell {
  readonly labels: { readonly method: string; readonly path: string; readonly status: string };
  readonly histogram: Histogram;
}

/** Counts requests to the API by route, so that the number of series is bounded. */
export class RouteMetrics {
  readonly #cells = new Map<string, Cell>();

  /** @param path the route's pattern, never the requested path */
  count(method: string, path: string, status: number, seconds: number): void {
    const key = `${method} ${path} ${status}`;
    let cell = this.#cells.get(key);
    if (!cell) {
      cell = { labels: { method, path, status: String(status) }, histogram: newHistogram() };
      this.#cells.set(key, cell);
    }
    observe(cell.histogram, seconds);
  }

  families(): MetricFamily[] {
    const cells = [...this.#cells.values()];
    return [
      {
        name: 'http_requests_total',
        help: 'Requests to the API',
        type: 'counter',
        values: cells.map(({ labels, histogram }) => ({ labels, value: histogram.total })),
      },
      {
        name: SECONDS,
        help: 'Seconds that requests to the API took',
        type: 'histogram',
        values: cells.flatMap(({ labels, histogram }) => histogramValues(SECONDS, labels, histogram)),
      },
    ];
  }
}
