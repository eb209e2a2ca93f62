import { METHODS } from 'node:http';
import type { MetricFamily } from '../../../common/metrics/family.ts';
import {
  addHistogram,
  histogramValues,
  newHistogram,
  observe,
  type Histogram,
} from '../../../common/metrics/histogram.ts';

const NAME = 'http_request_duration_seconds';

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** The counts of one status and one method. */
interface Cell extends Histogram {
  readonly labels: { readonly code: string; readonly method: string };
}

/** All counts, in the form in which they go from one process to another. */
export type HttpCounts = readonly (readonly [key: string, cell: Readonly<Cell>])[];

/**
 * Counts requests. It is on the path of every request, so it only adds to numbers; prom-client turns them into text
 * when a scrape comes.
 */
export class HttpMetrics {
  readonly #cells = new Map<string, Cell>();

  /** @param code the status that the client got */
  count(code: number, method: string, seconds: number): void {
    const cell = this.#cells.get(`${code} ${method}`) ?? this.#addCell(code, method);
    observe(cell, seconds);
  }

  #addCell(code: number, method: string): Cell {
    const label = KNOWN_METHODS.has(method) ? method.toLowerCase() : 'unknown';
    const cell = { labels: { code: String(code), method: label }, ...newHistogram() };
    this.#cells.set(`${code} ${method}`, cell);
    return cell;
  }

  /** All counts so far. */
  get counts(): HttpCounts {
    return [...this.#cells];
  }

  /** Adds the counts of another process. */
  add(counts: HttpCounts): void {
    for (const [key, counted] of counts) {
      let cell = this.#cells.get(key);
      if (!cell) {
        cell = { labels: counted.labels, ...newHistogram() };
        this.#cells.set(key, cell);
      }
      addHistogram(cell, counted);
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
        values: [...this.#cells.values()].flatMap((cell) => histogramValues(NAME, cell.labels, cell)),
      },
    ];
  }
}
