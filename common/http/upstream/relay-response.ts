import type { ClientRequest, IncomingMessage } from 'node:http';
import { messageOf } from '../../errors.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { SWITCHED_UNASKED } from '../upstream-failure.ts';
import { relayHead, relayInformation, relayTrailers } from './relay-head.ts';

/** Relays the result of a request by Node's client: informational responses, the response, or its failure. */
export function relayFrom(exchange: Exchange, outgoing: ClientRequest): void {
  let response: IncomingMessage | undefined;
  const fail = (error: Error): void => {
    const text = `Upstream HTTP request error: ${messageOf(error)}`;
    exchange.failUpstream(text, error);
  };
  outgoing.on('error', (error) => {
    if (response?.complete !== true) fail(error); // else bytes have followed that belong to no response
  });
  outgoing.on('information', ({ statusCode, rawHeaders }) =>
    relayInformation(exchange, statusCode, rawHeaders),
  );
  outgoing.on('upgrade', (_incoming, socket) => {
    socket.destroy();
    fail(new Error(SWITCHED_UNASKED));
  });
  outgoing.on('response', (incoming) => {
    response = incoming;
    relayResponse(exchange, incoming);
  });
}

function relayResponse(exchange: Exchange, incoming: IncomingMessage): void {
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
    exchange.failUpstream(`Upstream HTTP response error: ${messageOf(error)}`, error);
  });
}
