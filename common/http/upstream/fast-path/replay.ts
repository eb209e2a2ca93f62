import http from 'node:http';
import { Duplex } from 'node:stream';
import type { Exchange } from '../../exchange/exchange.ts';
import { MOST_RESPONSE_HEAD } from '../headers.ts';
import { relayFrom } from '../relay-response.ts';

/** A response that Node's parser reads. */
export interface Replay {
  /** @returns false where the caller has to wait for `resume` before the next push */
  push(bytes: Buffer): boolean;
  /** Is called when the upstream has ended its side. */
  end(): void;
  close(): void;
}

/**
 * Relays a response that the fast path cannot read, by Node's HTTP client. The request was sent before, so the client
 * gets a connection that discards what it writes, and from which it reads the response.
 * @param begun the bytes of the response so far
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
    maxHeaderSize: MOST_RESPONSE_HEAD,
  });
  relayFrom(exchange, outgoing);
  outgoing.end();
  connection.push(begun);
  return {
    push: (bytes) => connection.push(bytes),
    end: () => connection.push(null),
    close: () => outgoing.destroy(),
  };
}
