import { createServer, type Server } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../duration.ts';
import type { ClientErrors } from './client-errors.ts';
import type { ExchangeRequest, ExchangeResponse } from '../exchange/message.ts';

/** Bytes of a request's head: 1 MiB of headers, as Go's server takes, and a request line beside them. */
const MOST_HEADERS = (1 << 20) + (64 << 10);

/** How often Node looks for requests whose headers take too long, in milliseconds. */
const SLOWEST_CHECK_MS = 1000;

/** Takes the requests of a server; upgrades apart. */
export interface ServedBy {
  handle(request: ExchangeRequest, response: ExchangeResponse): void;
  /** For a request with `Expect: 100-continue`. */
  handleExpecting(request: ExchangeRequest, response: ExchangeResponse): void;
  refuseConnect(request: IncomingMessage, socket: Socket): void;
}

/**
 * The server that clients talk to.
 * @param readTimeout how long a request's head may take, and an idle connection is kept, in milliseconds; 0 for no limit
 */
export function createHttpServer(readTimeout: number): Server {
  const server = createServer({
    maxHeaderSize: MOST_HEADERS,
    highWaterMark: 64 << 10,
    headersTimeout: Math.ceil(readTimeout),
    keepAliveTimeout: timerDelay(readTimeout), // as Go's server, whose IdleTimeout is its ReadTimeout
    requestTimeout: 0, // the body's time is limited where it is read: see exchange/request-body.ts
    connectionsCheckingInterval: Math.ceil(
      Math.min(SLOWEST_CHECK_MS, (readTimeout || 4 * SLOWEST_CHECK_MS) / 4),
    ),
  });
  server.maxHeadersCount = 0; // by default Node drops, silently, what is past 2000
  return server;
}

/** Lets a server's requests be handled; upgrades apart. */
export function serve(server: Server, handler: ServedBy, clientErrors: ClientErrors): void {
  server
    .on('request', handler.handle)
    .on('checkContinue', handler.handleExpecting)
    .on('clientError', clientErrors.answer);
  server.on('connect', (request, stream) => handler.refuseConnect(request, stream as Socket));
}
