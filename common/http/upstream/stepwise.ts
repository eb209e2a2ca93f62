import type { Exchange } from '../exchange/exchange.ts';

/**
 * Whether a request needs what undici does not do: wait for `100 Continue` from the upstream, send trailers, or
 * send a request target that is no path (`OPTIONS *`).
 */
export function isStepwise(exchange: Exchange, path: string): boolean {
  return exchange.expectsContinue || hasTrailers(exchange) || !path.startsWith('/');
}

/** Trailers need chunks to follow; announced without them there are none. */
export function hasTrailers(exchange: Exchange): boolean {
  const { headers } = exchange.request;
  return headers.trailer !== undefined && headers['transfer-encoding'] !== undefined;
}
