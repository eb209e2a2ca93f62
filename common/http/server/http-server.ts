import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../duration.ts';
import type { ClientErrors } from './client-errors.ts';
import { MOST_HEAD } from './gate/head-reader.ts';
import type { RequestGate } from './gate/request-gate.ts';

/** How often Node looks for requests whose headers take too long, in milliseconds. */
const SLOWEST_CHECK_MS = 1000;

/** Handles the requests of a server, except upgrades. */
export interface ServedBy {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** For a request with `Expect: 100-continue`. */
  handleExpecting(request: IncomingMessage, response: ServerResponse): void;
  /** For a request with an `Expect` that HTTP does not define (RFC 9110, section 10.1.1). */
  refuseExpectation(request: IncomingMessage, response: ServerResponse): void;
  refuseConnect(request: IncomingMessage, socket: Socket): void;
}

/**
 * Makes the server that clients talk to.
 * @param readTimeout milliseconds for a request's head, and for an idle connection; 0 for no limit
 */
export function createHttpServer(readTimeout: number): Server {
  const server = createServer({
    maxHeaderSize: MOST_HEAD,
    requireHostHeader: false, // Node would answer with a status alone: see framing.ts
    highWaterMark: 64 << 10,
    headersTimeout: Math.ceil(readTimeout),
    keepAliveTimeout: timerDelay(readTimeout), // like Go's server, whose IdleTimeout is its ReadTimeout
    requestTimeout: 0, // the body's time is limited where it is read: see exchange/request-body.ts
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
    .on('checkExpectation', gate.told(handler.refuseExpectation))
    .on('clientError', clientErrors.answer);
  server.on('connect', (request, stream) => {
    gate.release(stream as Socket);
    handler.refuseConnect(request, stream as Socket);
  });
}
