import http from 'node:http';
import { Duplex } from 'node:stream';
import { RequestError, messageOf } from '../errors.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { relayResponse } from '../proxy/relay-response.ts';
import { relayInformation } from '../proxy/response-head.ts';

/** A response that Node's parser reads. */
export interface Replay {
  /** @returns false where more is too much for now */
  push(bytes: Buffer): boolean;
  /** The upstream has ended. */
  end(): void;
  close(): void;
}

/**
 * Relays a response whose head is not plain as Node's HTTP client reads it. The request has been sent before: the
 * client gets a connection that swallows what it writes, and reads what has come and comes.
 * @param begun what has come of the response
 * @param resume is called when more can be pushed
 */
export function relayByNode(exchange: Exchange, method: string, begun: Buffer, resume: () => void): Replay {
  const connection = new Duplex({
    read: resume,
    write: (_chunk, _encoding, done) => done(),
  });
  const outgoing = http.request({
    method,
    path: '/',
    setHost: false,
    createConnection: () => connection,
    maxHeaderSize: 1 << 20,
  });
  outgoing.on('error', (error) => {
    const text = `Upstream HTTP request error: ${messageOf(error)}`;
    exchange.fail(new RequestError('UPSTREAM_FAILED', text, { cause: error }));
  });
  outgoing.on('information', ({ statusCode, rawHeaders }) =>
    relayInformation(exchange, statusCode, rawHeaders),
  );
  outgoing.on('response', (incoming) => relayResponse(exchange, incoming));
  outgoing.end();
  connection.push(begun);
  return {
    push: (bytes) => connection.push(bytes),
    end: () => connection.push(null),
    close: () => outgoing.destroy(),
  };
}
