/** Methods that may be carried out twice (RFC 9110, section 9.2.2). */
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

/** Bytes of a body that reach a server together with the head, in one read. */
export const ONE_PIECE = 8 << 10;

/** Bytes of a body that are kept to be sent again. A refusal is seen long before so many have gone out. */
export const MOST_KEPT = 256 << 10;

/**
 * Whether a request may be sent again over a new connection, after the upstream has closed a used one before the first
 * byte of the response: because its method allows that, or because nobody has read it.
 * @param code the system's code of the error that closed the connection
 * @param isRefused whether the kernel said that the upstream has not read it
 * @param isOnePiece whether it went out in one piece. Such a request was read whole or not at all. A server that closes
 * with unread bytes resets the connection, and one that has read them ends it. So a reset means that nobody has read
 * it.
 */
export function mayBeSentAgain(
  method: string,
  code: string | undefined,
  isRefused: boolean,
  isOnePiece: boolean,
): boolean {
  return isIdempotent(method) || isRefused || code === 'EPIPE' || (code === 'ECONNRESET' && isOnePiece);
}
