import type { IncomingMessage } from 'node:http';
import { RequestError, messageOf } from '../errors.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { relayHead, relayTrailers } from './response-head.ts';

/** Relays a response that Node's client has read. */
export function relayResponse(exchange: Exchange, incoming: IncomingMessage): void {
  relayHead(exchange, incoming.statusCode ?? 500, incoming.statusMessage ?? '', incoming.rawHeaders);
  exchange.flushHead();
  incoming.on('data', (chunk: Buffer) => {
    if (exchange.write(chunk)) return;
    incoming.pause();
    exchange.onceDrained(() => incoming.resume());
  });
  incoming.on('end', () => {
    relayTrailers(exchange, incoming.rawTrailers);
    exchange.end();
  });
  incoming.on('error', (error) => {
    exchange.fail(new RequestError('UPSTREAM_FAILED', `Upstream HTTP response error: ${messageOf(error)}`));
  });
}
