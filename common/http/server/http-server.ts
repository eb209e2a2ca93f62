import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../duration.ts';
import type { Settings } from '../../../watchdog/settings/table.ts';
import type { ClientErrors } from './client-errors.ts';
import type { RequestHandler } from '../../../watchdog/server/request-handler.ts';

/** Bytes of a request's head: 1 MiB of headers, as Go's server takes, and a request line beside them. */
const MOST_HEADERS = (1 << 20) + (64 << 10);

/** How often Node looks for requests whose headers take too long, in milliseconds. */
const SLOWEST_CHECK_MS = 1000;

/** The server that clients talk to, with the watchdog's limits set. */
export function createHttpServer({ readTimeout }: Settings): Server {
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
export function serve(server: Server, handler: RequestHandler, clientErrors: ClientErrors): void {
  server
    .on('request', handler.handle)
    .on('checkContinue', handler.handleExpecting)
    .on('clientError', clientErrors.answer);
  server.on('connect', (request, stream) => handler.refuseConnect(request, stream as Socket));
}
