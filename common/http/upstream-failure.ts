import { systemCodeOf } from '../errors.ts';

/** The ways in which an upstream fails, and their meanings for the documentation. Each server sets the status. */
const UPSTREAM_FAILURES = {
  UPSTREAM_REFUSED: 'an upstream that takes no connection',
  UPSTREAM_CONNECT_TIMEOUT: 'an upstream that does not take the connection in time',
  UPSTREAM_RESET: 'an upstream that broke off before its response was whole',
  UPSTREAM_MALFORMED: 'an upstream whose response is not HTTP, or cannot be sent on',
  UPSTREAM_FAILED: 'an upstream that failed in any other way',
} as const;

/** The message for a 101 that answers a request without an upgrade. */
export const SWITCHED_UNASKED = 'the function switches protocols, which nobody asked for';

export type UpstreamErrorCode = keyof typeof UPSTREAM_FAILURES;

const REFUSED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOENT', // no such Unix socket
  'EACCES',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

const LATE: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_SOCKET_CONNECTION_TIMEOUT',
]);

const BROKEN_OFF: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'HPE_INVALID_EOF_STATE',
]);

/** Matches the codes of Node's parser, of undici, and of Node's checks of a head that it sends. */
const OF_A_RESPONSE = /^(?:HPE_|UND_ERR_|ERR_HTTP_|ERR_INVALID_CHAR)/;

/**
 * Decides the code of an upstream's failure by its cause.
 * @param cause the error that ended the connection or the reading of the response; undefined where the upstream closed
 * the connection. Our own readers of responses throw errors without a code.
 */
export function upstreamErrorCode(cause: unknown): UpstreamErrorCode {
  if (cause === undefined) return 'UPSTREAM_RESET';
  const code = systemCodeOf(cause);
  if (code === undefined) return 'UPSTREAM_MALFORMED';
  if (REFUSED.has(code)) return 'UPSTREAM_REFUSED';
  if (LATE.has(code)) return 'UPSTREAM_CONNECT_TIMEOUT';
  if (BROKEN_OFF.has(code)) return 'UPSTREAM_RESET';
  return OF_A_RESPONSE.test(code) ? 'UPSTREAM_MALFORMED' : 'UPSTREAM_FAILED';
}

/** @returns the rows of these failures for a server's table of errors */
export function upstreamErrors<S extends number>(
  status: S,
): Readonly<Record<UpstreamErrorCode, { status: S; meaning: string }>> {
  const rows = Object.entries(UPSTREAM_FAILURES).map(([code, meaning]) => [code, { status, meaning }]);
  return Object.fromEntries(rows) as Record<UpstreamErrorCode, { status: S; meaning: string }>;
}
