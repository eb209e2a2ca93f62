import type { Exchange } from '../exchange/exchange.ts';

/**
 * Whether a request needs something that undici cannot do: wait for `100 Continue` from the upstream, send trailers, or
 * send a request target that is not a path (`OPTIONS *`).
 */
export function isStepwise(exchange: Exchange, path: string): boolean {
  return exchange.expectsContinue || hasTrailers(exchange) || !path.startsWith('/');
}

/** Whether trailers follow the body. Without chunks none can, even if they are announced. */
export function hasTrailers(exchange: Exchange): boolean {
  const { headers } = exchange.request;
  return headers.trailer !== undefined && headers['transfer-encoding'] !== undefined;
}
