import type { Exchange } from '../exchange/exchange.ts';
import { endToEndHeaders } from './headers.ts';

/** Sends the head of the upstream's response on. */
export function relayHead(
  exchange: Exchange,
  status: number,
  reason: string,
  rawHeaders: readonly string[],
): void {
  const headers = endToEndHeaders(rawHeaders);
  headers.push('X-Duration-Seconds', exchange.seconds.toFixed(6));
  exchange.sendHead(status, reason, headers);
}

/**
 * Sends an informational response (1xx) on. `100 Continue` is the caller's; of the rest Node can write early hints
 * (103) and processing (102), which are all that are in use.
 */
export function relayInformation(exchange: Exchange, status: number, rawHeaders: readonly string[]): void {
  const { response } = exchange;
  if (exchange.isOver || response.headersSent) return;
  if (status === 102) response.writeProcessing();
  if (status !== 103) return;
  const hints: Record<string, string[]> = {};
  const headers = endToEndHeaders(rawHeaders);
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = (headers[at] ?? '').toLowerCase();
    (hints[name] ??= []).push(headers[at + 1] ?? '');
  }
  try {
    response.writeEarlyHints(hints);
  } catch {
    // a Link that Node finds malformed: a hint may be lost, the response may not
  }
}
