import { endToEndHeaders } from '../../common/http/upstream/headers.ts';

/** The values of the headers that the gateway adds to a call. */
export interface CallFacts {
  readonly callId: string;
  /** Nanoseconds since 1970, in decimal digits. */
  readonly startTime: string;
  /** The caller's address, without its port. */
  readonly remoteAddress: string;
  /** The instance's `HOST:PORT`. */
  readonly authority: string;
}

/** The names of the headers that are looked for below. */
const HOST = 'host';
const CALL_ID = 'x-call-id';
const START_TIME = 'x-start-time';
const FORWARDED_FOR = 'x-forwarded-for';
const FORWARDED_HOST = 'x-forwarded-host';

/**
 * @returns the caller's X-Call-Id, if there is one that is not empty. It is kept, so that calls between functions can be
 * traced.
 */
export function givenCallId(rawHeaders: readonly string[]): string | undefined {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (isNamed(rawHeaders[at], CALL_ID)) return rawHeaders[at + 1] || undefined;
  }
  return undefined;
}

/**
 * Makes the headers of a call for the function: the caller's end-to-end headers in their order and spelling, with a
 * Host that is the instance's, as behind OpenFaaS's gateway. The caller's Host goes to X-Forwarded-Host. X-Forwarded-*
 * headers of the caller are kept. Empty ones count as missing, as in faas-provider.
 * @param rawHeaders names and values alternate
 * @returns names and values, which alternate
 */
export function callHeaders(rawHeaders: readonly string[], facts: CallFacts): string[] {
  const headers = endToEndHeaders(rawHeaders);
  let host: string | undefined;
  let hasCallId = false;
  let hasStartTime = false;
  let hasForwardedFor = false;
  let forwardedHostAt: number | undefined;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at];
    if (isNamed(name, HOST)) {
      host ??= headers[at + 1];
      headers[at + 1] = facts.authority;
    } else if (isNamed(name, CALL_ID)) {
      headers[at + 1] ||= facts.callId;
      hasCallId = true;
    } else if (isNamed(name, START_TIME)) {
      headers[at + 1] = facts.startTime;
      hasStartTime = true;
    } else if (isNamed(name, FORWARDED_FOR)) {
      headers[at + 1] ||= facts.remoteAddress;
      hasForwardedFor = true;
    } else if (isNamed(name, FORWARDED_HOST)) {
      forwardedHostAt ??= at + 1;
    }
  }
  if (host === undefined) headers.push('Host', facts.authority);
  if (!hasCallId) headers.push('X-Call-Id', facts.callId);
  if (!hasStartTime) headers.push('X-Start-Time', facts.startTime);
  if (!hasForwardedFor) headers.push('X-Forwarded-For', facts.remoteAddress);
  if (forwardedHostAt !== undefined) headers[forwardedHostAt] ||= host ?? '';
  else if (host) headers.push('X-Forwarded-Host', host);
  return headers;
}

/**
 * Adds the headers that callers of OpenFaaS's gateway get to the head of a function's answer. An answer without a type
 * is text, as behind faas-provider.
 * @param headers names and values alternate; is changed
 */
export function finishAnswer(
  headers: string[],
  status: number,
  { callId, startTime }: Pick<CallFacts, 'callId' | 'startTime'>,
): void {
  let hasType = status === 204 || status === 304;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at];
    if (isNamed(name, 'content-type')) {
      hasType = true;
    } else if (isNamed(name, CALL_ID) || isNamed(name, START_TIME)) {
      headers.splice(at, 2); // the function has sent back the headers of the call
      at -= 2;
    }
  }
  if (!hasType) headers.push('Content-Type', 'text/plain; charset=utf-8');
  headers.push('X-Call-Id', callId, 'X-Start-Time', startTime);
}

/** Compares a header's name without regard to case. The lengths come first, as they exclude most headers. */
function isNamed(name: string | undefined, lowerCase: string): boolean {
  return name !== undefined && name.length === lowerCase.length && name.toLowerCase() === lowerCase;
}
