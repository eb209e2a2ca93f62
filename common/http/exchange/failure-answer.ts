import type { HttpError } from '../http-error.ts';

/** Errors after which the start of the next request is unknown. */
const MISFRAMED: ReadonlySet<string> = new Set([
  'REQUEST_MISFRAMED',
  'TRANSFER_CODING_UNKNOWN',
  'VERSION_UNKNOWN',
]);

/**
 * Makes the headers of an error that the server itself answers.
 * @param component the server's name, for X-OpenFaaS-Internal
 * @param length the length of the body, in bytes
 * @param seconds the time since the request began
 * @param headers further headers, without duplicates
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
 * Whether a connection cannot be used again after a failure, as its next byte may not be the start of a request.
 */
export function mustCloseAfter(error: HttpError, isComplete: boolean, expectsContinue: boolean): boolean {
  if (MISFRAMED.has(error.code)) return true;
  return !isComplete && (error.code === 'BODY_STALLED' || expectsContinue);
}
