import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../duration.ts';
import type { ClientErrors } from './client-errors.ts';
import { MOST_HEAD } from './gate/head-reader.ts';
import type { RequestGate } from './gate/request-gate.ts';

/** The longest interval at which Node checks for heads that take too long, in milliseconds. */
const SLOWEST_CHECK_MS = 1000;

/** Handles the requests of a server, except upgrades. */
export interface ServedBy {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Is called for a request with `Expect: 100-continue`. */
  handleExpecting(request: IncomingMessage, response: ServerResponse): void;
  /** Is called for a request with any other `Expect`, which HTTP does not define (RFC 9110, section 10.1.1). */
  refuseExpectation(request: IncomingMessage, response: ServerResponse): void;
  refuseConnect(request: IncomingMessage, socket: Socket): void;
}

/**
 * Makes the server for clients.
 * @param readTimeout how long a request's head may take, and a connection may be idle, in milliseconds; 0: no limit
 */
export function createHttpServer(readTimeout: number): Server {
  const server = createServer({
    maxHeaderSize: MOST_HEAD,
    requireHostHeader: false, // framing.ts checks it, as Node would answer without a text
    highWaterMark: 64 << 10,
    headersTimeout: Math.ceil(readTimeout),
    keepAliveTimeout: timerDelay(readTimeout), // like Go's server, whose IdleTimeout is its ReadTimeout
    requestTimeout: 0, // exchange/request-body.ts limits the time of the body
    connectionsCheckingInterval: Math.ceil(
      Math.min(SLOWEST_CHECK_MS, (readTimeout || 4 * SLOWEST_CHECK_MS) / 4),
    ),
  });
  server.maxHeadersCount = 0; // by default Node silently drops fields past 2000
  return server;
}

/** Connects a server's requests, except upgrades, to their handler. */
export function serve(
  server: Server,
  handler: ServedBy,
  clientErrors: ClientErrors,
  gate: RequestGate,
): void {
  server
    .on('request', gate.told(handler.handle))
    .on('checkContinue', gate.told(handler.handleExpecting))
    .on(
      'checkExpectation',
      gate.told((request, response) => {
        if (request.headers.expect === '')
          handler.handle(request, response); // nothing is expected
        else handler.refuseExpectation(request, response);
      }),
    )
    .on('clientError', clientErrors.answer);
  server.on('connect', (request, stream) => {
    gate.release(stream as Socket);
    handler.refuseConnect(request, stream as Socket);
  });
}
