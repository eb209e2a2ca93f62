import type { HttpError } from '../http-error.ts';

/** Errors after which nobody knows where the next request begins. */
const MISFRAMED: ReadonlySet<string> = new Set([
  'REQUEST_MISFRAMED',
  'TRANSFER_CODING_UNKNOWN',
  'VERSION_UNKNOWN',
]);

/**
 * Makes the headers of an answer of the server's own.
 * @param component the server's name, for X-OpenFaaS-Internal
 * @param length bytes of its body
 * @param seconds since the request began
 * @param headers to add; each is named only once
 */
export function failureHeaders(
  component: string,
  length: number,
  seconds: number,
  headers: readonly string[],
): string[] {
  const own = ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(length)];
  if (!headers.includes('X-OpenFaaS-Internal')) own.push('X-OpenFaaS-Internal', component);
  own.push('X-Duration-Seconds', seconds.toFixed(6));
  return [...own, ...headers];
}

/**
 * Whether a connection cannot be used again after a failure, because its next byte may not be the start of a request.
 */
export function mustCloseAfter(error: HttpError, isComplete: boolean, expectsContinue: boolean): boolean {
  if (MISFRAMED.has(error.code)) return true;
  return !isComplete && (error.code === 'BODY_STALLED' || expectsContinue);
}
