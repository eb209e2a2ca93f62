import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../../common/errors.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import { listen } from './listen.ts';

/** How long a request may take to arrive, in milliseconds. */
const REQUEST_TIMEOUT_MS = 5000;

/** Serves `/metrics` and `/healthz` on a port of their own, without a login. */
export class MetricsServer {
  readonly #metrics: GatewayMetrics;
  readonly #server: Server;

  constructor(metrics: GatewayMetrics) {
    this.#metrics = metrics;
    this.#server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      void this.#answer(request, response);
    });
  }

  /**
   * @returns the port that was taken
   * @throws StartError
   */
  listen(host: string, port: number): Promise<number> {
    return listen(this.#server, host, port, 'metrics_port');
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer({ url, method }: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (url ?? '').split('?')[0];
    if (path !== '/metrics' && path !== '/healthz') return void response.writeHead(404).end();
    if (method !== 'GET' && method !== 'HEAD')
      return void response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    if (path === '/healthz') return void response.writeHead(200, { 'Content-Type': 'text/plain' }).end('OK');
    try {
      const { contentType, body } = await this.#metrics.render();
      response.writeHead(200, { 'Content-Type': contentType }).end(body);
    } catch (thrown) {
      response.writeHead(500, { 'Content-Type': 'text/plain' }).end(`${messageOf(thrown)}\n`);
    }
  }
}
