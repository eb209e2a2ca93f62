import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { single, type MetricFamily } from '../../../common/metrics/family.ts';
import { renderMetrics } from '../../../common/metrics/exposition.ts';
import { listen } from '../listen.ts';
import type { HttpMetrics } from './http-metrics.ts';
import { processFamilies, type WorkerUse } from './process-metrics.ts';

/** Milliseconds for the request of a scrape to arrive. */
const REQUEST_TIMEOUT_MS = 5000;

/** The figures of the function and its requests. */
export interface FunctionFacts {
  readonly http: HttpMetrics;
  readonly inFlight: number;
  readonly starts: number;
  /** Seconds by quantile. */
  readonly delay: ReadonlyMap<number, number> | undefined;
  readonly processIds: readonly number[];
  /** The watchdog's own processes beside this one, where the function does not run in them. */
  readonly workers?: WorkerUse | undefined;
}

/** Serves `/metrics` to Prometheus, on a port of its own. */
export class MetricsServer {
  readonly #read: () => Promise<FunctionFacts>;
  readonly #server: Server;

  /** @param read is asked when a scrape comes */
  constructor(read: () => Promise<FunctionFacts>) {
    this.#read = read;
    this.#server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      void this.#answer(request, response);
    });
  }

  /**
   * @returns the port
   * @throws StartError PORT_UNAVAILABLE
   */
  listen(host: string | undefined, port: number): Promise<number> {
    return listen(this.#server, host, port, 'metrics_port');
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if ((request.url ?? '').split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    const { contentType, body } = await renderMetrics(familiesOf(await this.#read()));
    response.writeHead(200, { 'Content-Type': contentType }).end(body);
  }
}

function familiesOf({ http, inFlight, starts, delay, processIds, workers }: FunctionFacts): MetricFamily[] {
  return [
    ...http.families(),
    single('gauge', 'http_requests_in_flight', 'total HTTP requests in-flight', inFlight),
    single('gauge', 'function_open_requests', 'Requests that the function is serving', inFlight),
    single('counter', 'function_starts_total', "Starts of the function's processes", starts),
    ...(delay ? [loopDelayFamily(delay)] : []),
    ...processFamilies(processIds, workers),
  ];
}

function loopDelayFamily(delay: ReadonlyMap<number, number>): MetricFamily {
  return {
    name: 'function_event_loop_delay_seconds',
    help: 'How long the function held up the event loop in the last seconds, by quantile',
    type: 'gauge',
    values: [...delay].map(([quantile, value]) => ({ labels: { quantile: String(quantile) }, value })),
  };
}
