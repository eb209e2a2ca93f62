import type { Exchange } from '../../exchange/exchange.ts';
import type { UpstreamAddress } from '../upstream-address.ts';
import { UndiciPool } from './undici-connection.ts';
import { forwardByUndici, type ForwardedRequest } from './forward-by-undici.ts';
import { forwardStepwise } from './forward-stepwise.ts';

/**
 * Forwards requests that the fast path does not forward: by undici, or by node:http if undici cannot. It is loaded with
 * the first such request. It has a pool of its own, as undici makes and keeps its own sockets.
 */
export class SlowPath {
  readonly #address: UpstreamAddress;
  readonly #connections: UndiciPool;

  constructor(address: UpstreamAddress) {
    this.#address = address;
    this.#connections = new UndiciPool(address);
  }

  forward(exchange: Exchange, request: ForwardedRequest): void {
    forwardByUndici(exchange, request, this.#connections);
  }

  forwardStepwise(exchange: Exchange, request: ForwardedRequest): void {
    forwardStepwise(exchange, request, this.#address);
  }

  close(): void {
    this.#connections.close();
  }
}
