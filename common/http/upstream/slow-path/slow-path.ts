import type { Exchange } from '../../exchange/exchange.ts';
import type { UpstreamAddress } from '../upstream-address.ts';
import { UpstreamConnections } from './undici-connection.ts';
import { forward, type ForwardedRequest } from './forward-by-undici.ts';
import { forwardStepwise } from './forward-stepwise.ts';

/** Forwards what is not plain: by undici, or by node:http what undici does not do. Loaded when the first of it comes. */
export class SlowPath {
  readonly #address: UpstreamAddress;
  readonly #connections: UpstreamConnections;

  constructor(address: UpstreamAddress) {
    this.#address = address;
    this.#connections = new UpstreamConnections(address);
  }

  forward(exchange: Exchange, request: ForwardedRequest): void {
    forward(exchange, request, this.#connections);
  }

  forwardStepwise(exchange: Exchange, request: ForwardedRequest): void {
    forwardStepwise(exchange, request, this.#address);
  }

  close(): void {
    this.#connections.close();
  }
}
