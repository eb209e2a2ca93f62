import type { RequestError } from '../../errors.ts';

/** The name under which the watchdog says that an answer is its own, as of-watchdog does. */
const INTERNAL = 'of-watchdog';

/** Errors after which nobody knows where the next request begins. */
const MISFRAMED: ReadonlySet<string> = new Set([
  'REQUEST_MISFRAMED',
  'TRANSFER_CODING_UNKNOWN',
  'VERSION_UNKNOWN',
]);

/**
 * The headers of an answer of the watchdog's own.
 * @param length bytes of its body
 * @param seconds since the request began
 * @param headers go with it, and are named once alone
 */
export function failureHeaders(length: number, seconds: number, headers: readonly string[]): string[] {
  const own = ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(length)];
  if (!headers.includes('X-OpenFaaS-Internal')) own.push('X-OpenFaaS-Internal', INTERNAL);
  own.push('X-Duration-Seconds', seconds.toFixed(6));
  return [...own, ...headers];
}

/** Whether a connection cannot be used again after a failure, as its next byte may not be a new request. */
export function mustCloseAfter(error: RequestError, isComplete: boolean, expectsContinue: boolean): boolean {
  if (MISFRAMED.has(error.code)) return true;
  return !isComplete && (error.code === 'BODY_STALLED' || expectsContinue);
}
