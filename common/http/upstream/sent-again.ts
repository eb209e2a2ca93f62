/** Idempotent methods, which may be carried out twice (RFC 9110, section 9.2.2; QUERY by its own specification). */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
  'QUERY',
]);

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/** How many bytes of a body reach a server together with the head, in one read. */
export const ONE_PIECE = 8 << 10;

/** How many bytes of a body are kept, to be sent again. A refusal is noticed long before so many were sent. */
export const MOST_KEPT = 128 << 10;

/**
 * Whether a request may be sent again over a new connection, after the upstream has closed a used one before the first
 * byte of the response: its method must allow it, or the upstream must not have read the request.
 * @param code the system's code of the error that closed the connection
 * @param isRefused whether the kernel said that the upstream has not read the request
 * @param isOnePiece whether the request was sent in one piece. Then it was read completely or not at all. A server that
 * closes with unread bytes resets the connection, and one that has read them ends it. So a reset means that the request
 * was not read.
 */
export function mayBeSentAgain(
  method: string,
  code: string | undefined,
  isRefused: boolean,
  isOnePiece: boolean,
): boolean {
  return isIdempotent(method) || isRefused || code === 'EPIPE' || (code === 'ECONNRESET' && isOnePiece);
}
