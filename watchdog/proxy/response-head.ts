import type { Exchange } from '../exchange/exchange.ts';
import { endToEndHeaders, endToEndTrailers, headerPairs } from './headers.ts';

/** Node takes the links of a hint one by one, and a server may send them in one list. */
const BETWEEN_LINKS = /\s*,\s*(?=<)/;

/**
 * Sends the head of the upstream's response on.
 * @returns its Content-Length, if it has one
 */
export function relayHead(
  exchange: Exchange,
  status: number,
  reason: string,
  rawHeaders: readonly string[],
): number | undefined {
  const headers = endToEndHeaders(rawHeaders);
  headers.push('X-Duration-Seconds', exchange.seconds.toFixed(6));
  exchange.sendHead(status, reason, headers);
  const at = headers.findIndex((text, index) => index % 2 === 0 && isContentLength(text));
  return at === -1 ? undefined : Number(headers[at + 1]);
}

/** Sends the trailers of the upstream's response on. Those that Node finds malformed are lost, the response is not. */
export function relayTrailers(exchange: Exchange, rawTrailers: readonly string[]): void {
  const trailers = endToEndTrailers(rawTrailers);
  if (trailers.length === 0 || exchange.isOver) return;
  try {
    exchange.response.addTrailers(trailers);
  } catch {
    // as said
  }
}

function isContentLength(name: string): boolean {
  return name.length === 14 && name.toLowerCase() === 'content-length';
}

/**
 * Sends an informational response (1xx) on. `100 Continue` is the caller's; of the rest Node can write early hints
 * (103) and processing (102), which are all that are in use.
 */
export function relayInformation(exchange: Exchange, status: number, rawHeaders: readonly string[]): void {
  const { response } = exchange;
  if (exchange.isOver || response.headersSent || exchange.request.httpVersion === '1.0') return;
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
    // a Link that Node finds malformed: a hint may be lost, the response may not
  }
}
