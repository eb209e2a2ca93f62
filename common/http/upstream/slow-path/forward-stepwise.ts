import http from 'node:http';
import https from 'node:https';
import type { Exchange } from '../../exchange/exchange.ts';
import { HttpError } from '../../http-error.ts';
import { messageOf } from '../../../errors.ts';
import { connectSomewhere, type Connecting, type Elsewhere } from '../connecting.ts';
import type { UpstreamAddress } from '../upstream-address.ts';
import type { ForwardedRequest } from './forward-by-undici.ts';
import { endToEndTrailers, MOST_RESPONSE_HEAD, withoutHeader } from '../headers.ts';
import { writeNextHead } from '../next-write.ts';
import { relayFrom } from '../relay-response.ts';
import { hasTrailers } from '../stepwise.ts';

/** How long the upstream may take to send `100 Continue`, in milliseconds, the same as in of-watchdog. */
const CONTINUE_MS = 1500;

/** Forwards one request over a connection of its own by node:http, step by step as the upstream asks. */
export async function forwardStepwise(
  exchange: Exchange,
  request: ForwardedRequest,
  connecting: Connecting,
  elsewhere: Elsewhere<Connecting> | undefined,
): Promise<void> {
  const unwanted = new AbortController();
  exchange.onOver(() => unwanted.abort());
  try {
    const connection = await connectSomewhere(connecting, elsewhere, unwanted.signal);
    if (exchange.isOver) connection.destroy();
    else
      send(
        exchange,
        request,
        http.request({ ...headOf(exchange, request), createConnection: () => connection }),
      );
  } catch (thrown) {
    if (exchange.isOver) return;
    if (thrown instanceof HttpError) exchange.fail(thrown);
    else exchange.failUpstream(`Upstream HTTP request error: ${messageOf(thrown)}`, thrown);
  }
}

/** The same to an upstream that wants TLS. */
export function forwardStepwiseSecurely(
  exchange: Exchange,
  request: ForwardedRequest,
  { host, port }: UpstreamAddress,
): void {
  send(exchange, request, https.request({ host, port, ...headOf(exchange, request), agent: false }));
}

function headOf(exchange: Exchange, request: ForwardedRequest): http.RequestOptions {
  return {
    method: request.method,
    path: request.path,
    headers: withFraming(exchange, request) as unknown as http.OutgoingHttpHeaders,
    maxHeaderSize: MOST_RESPONSE_HEAD,
  };
}

function send(exchange: Exchange, request: ForwardedRequest, outgoing: http.ClientRequest): void {
  exchange.onOver((reason) => {
    if (reason) outgoing.destroy();
    request.body?.close();
  });
  relayFrom(exchange, outgoing);
  outgoing.once('socket', (socket) => writeNextHead(socket));
  outgoing.flushHeaders();
  if (exchange.expectsContinue) whenAskedFor(outgoing, () => sendBody(exchange, outgoing));
  else sendBody(exchange, outgoing);
}

/** Sends the body when the upstream sends `100 Continue`, or after a while, as not every server does so. */
function whenAskedFor(outgoing: http.ClientRequest, send: () => void): void {
  const timer = setTimeout(send, CONTINUE_MS);
  outgoing.once('continue', () => {
    clearTimeout(timer);
    send();
  });
  outgoing.once('response', () => clearTimeout(timer));
  outgoing.once('close', () => clearTimeout(timer));
}

/**
 * Adds the headers that frame the request. Node adds none if the headers are a list, and throws for a Trailer without
 * chunks.
 */
function withFraming(exchange: Exchange, request: ForwardedRequest): string[] {
  const kept = hasTrailers(exchange) ? request.headers : withoutHeader(request.headers, 'trailer');
  const isChunked = exchange.request.headers['transfer-encoding'] !== undefined;
  return [...kept, 'Connection', 'close', ...(isChunked ? ['Transfer-Encoding', 'chunked'] : [])];
}

function sendBody(exchange: Exchange, outgoing: http.ClientRequest): void {
  if (exchange.isOver || !exchange.body.isAnnounced) {
    outgoing.end();
    return;
  }
  outgoing.on('drain', () => exchange.body.resume());
  exchange.body.flowInto({
    chunk: (bytes) => outgoing.destroyed || outgoing.write(bytes),
    end: () => {
      const trailers = endToEndTrailers(exchange.request.rawTrailers);
      if (trailers.length > 0) outgoing.addTrailers(trailers);
      outgoing.end();
    },
  });
}
