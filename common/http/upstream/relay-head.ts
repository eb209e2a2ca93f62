import type { Exchange } from '../exchange/exchange.ts';
import { firstValue } from '../field-lines.ts';
import { endToEndHeaders, endToEndTrailers, headerPairs, withoutHeader } from './headers.ts';

/** Separates the links of an early hint: a server may send them as one list, but Node takes them one by one. */
const BETWEEN_LINKS = /\s*,\s*(?=<)/;

/**
 * Relays the head of the upstream's response.
 * @returns its Content-Length, if it has one
 */
export function relayHead(
  exchange: Exchange,
  status: number,
  reason: string,
  rawHeaders: readonly string[],
): number | undefined {
  let headers = endToEndHeaders(rawHeaders);
  const text = firstValue(headers, 'content-length');
  const length = text === undefined ? undefined : Number(text);
  if (!canHaveTrailers(exchange, status, length)) headers = withoutHeader(headers, 'trailer');
  exchange.finishHead(headers, status);
  exchange.sendHead(status, reason, headers);
  return length;
}

/** Whether trailers can follow: they need chunks, and without chunks Node refuses to announce them. */
function canHaveTrailers({ method, request }: Exchange, status: number, length: number | undefined): boolean {
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304;
  return hasBody && length === undefined && request.httpVersion !== '1.0';
}

/**
 * Relays the trailers of the upstream's response. Trailers that Node finds malformed are lost; the response is not.
 */
export function relayTrailers(exchange: Exchange, rawTrailers: readonly string[]): void {
  const trailers = endToEndTrailers(rawTrailers);
  if (trailers.length === 0 || exchange.isOver) return;
  try {
    exchange.response.addTrailers(trailers);
  } catch {
    // malformed trailers are lost
  }
}

/**
 * The limits of the informational responses to one request: their number, and how many bytes of them are relayed, as
 * the client may not read them.
 */
const MOST_INFORMATION = 32;
const MOST_HINT_BYTES = 64 << 10;

/** The informational responses of each exchange that has had any. */
const informed = new WeakMap<Exchange, { count: number; bytes: number }>();

/**
 * Relays an informational response (1xx). Too many of them fail the exchange. The caller handles `100 Continue`. Of the
 * others, Node can send 102 and 103, and no more are in use.
 */
export function relayInformation(exchange: Exchange, status: number, rawHeaders: readonly string[]): void {
  const { response } = exchange;
  if (exchange.isOver) return;
  const had = informed.get(exchange) ?? { count: 0, bytes: 0 };
  informed.set(exchange, had);
  had.count += 1;
  if (had.count > MOST_INFORMATION) {
    const text = `Upstream HTTP request error: more than ${MOST_INFORMATION} informational responses (1xx)`;
    return exchange.failUpstream(text, new Error(text));
  }
  for (const part of rawHeaders) had.bytes += part.length + 2;
  if (had.bytes > MOST_HINT_BYTES) return;
  if (response.headersSent || exchange.request.httpVersion === '1.0') return;
  if (status === 102) response.writeProcessing();
  if (status !== 103) return;
  const hints: Record<string, string[]> = {};
  for (const [name, value] of headerPairs(endToEndHeaders(rawHeaders))) {
    const values = name.toLowerCase() === 'link' ? value.split(BETWEEN_LINKS) : [value];
    (hints[name.toLowerCase()] ??= []).push(...values);
  }
  try {
    response.writeEarlyHints(hints);
  } catch {
    // Node refuses a malformed Link: the hint is lost, but not the response
  }
}
