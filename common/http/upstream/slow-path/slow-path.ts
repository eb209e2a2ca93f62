import type { Exchange } from '../../exchange/exchange.ts';
import type { Connecting, Elsewhere } from '../connecting.ts';
import type { UpstreamAddress } from '../upstream-address.ts';
import { UndiciPool } from './undici-connection.ts';
import { forwardByUndici, type ForwardedRequest } from './forward-by-undici.ts';
import { forwardStepwise, forwardStepwiseSecurely } from './forward-stepwise.ts';

/**
 * Forwards requests that the fast path does not forward: by undici, or by node:http if undici cannot. It is loaded with
 * the first such request. It has a pool of its own, as undici makes and keeps its own sockets.
 */
export class SlowPath {
  readonly #address: UpstreamAddress;
  readonly #connecting: Connecting;
  readonly #connections: UndiciPool;

  constructor(address: UpstreamAddress, connecting: Connecting) {
    this.#address = address;
    this.#connecting = connecting;
    this.#connections = new UndiciPool(address, connecting.timeoutMs);
  }

  forward(exchange: Exchange, request: ForwardedRequest): void {
    forwardByUndici(exchange, request, this.#connections);
  }

  forwardStepwise(
    exchange: Exchange,
    request: ForwardedRequest,
    elsewhere: Elsewhere<Connecting> | undefined,
  ): void {
    if (this.#address.origin.startsWith('https:')) forwardStepwiseSecurely(exchange, request, this.#address);
    else void forwardStepwise(exchange, request, this.#connecting, elsewhere);
  }

  close(): void {
    this.#connections.close();
  }
}
