import http from 'node:http';
import { Duplex } from 'node:stream';
import type { Exchange } from '../../exchange/exchange.ts';
import { relayFrom } from '../relay-response.ts';

/** A response that Node's parser reads. */
export interface Replay {
  /** @returns false where more is too much for now */
  push(bytes: Buffer): boolean;
  /** Call it when the upstream has ended. */
  end(): void;
  close(): void;
}

/**
 * Relays a response that the fast path does not take, as Node's HTTP client reads it. The request has been sent before,
 * so the client gets a connection that swallows its writes, and reads the bytes that have come and those that follow.
 * @param begun the bytes of the response so far
 * @param resume called when more can be pushed
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
  relayFrom(exchange, outgoing);
  outgoing.end();
  connection.push(begun);
  return {
    push: (bytes) => connection.push(bytes),
    end: () => connection.push(null),
    close: () => outgoing.destroy(),
  };
}
