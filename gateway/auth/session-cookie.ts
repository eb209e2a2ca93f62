import type { IncomingHttpHeaders } from 'node:http';

/**
 * The paths that get the cookie of a session. Functions are no part of them: what lies at /function/ belongs to whoever
 * wrote it, and gets no login of the gateway.
 */
const PATHS = ['/system', '/ui'] as const;

const SESSION = 'of-session';

export interface CookieOptions {
  readonly path: string;
  /** How long it lasts; 0 ends it. */
  readonly seconds: number;
  readonly sameSite: 'Strict' | 'Lax';
}

/** Cookies know no ports: each gateway of a machine has names of its own. */
function nameOf({ host = '' }: IncomingHttpHeaders, name: string): string {
  return `${name}-${/:(\d+)$/.exec(host)?.[1] ?? '0'}`;
}

/** @returns the value of a cookie, undefined where the request brings none of that name */
export function readCookie(headers: IncomingHttpHeaders, name: string): string | undefined {
  const whole = nameOf(headers, name);
  for (const pair of (headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() === whole) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** A Set-Cookie header (RFC 6265) of a cookie that no script reads. */
export function setCookie(
  headers: IncomingHttpHeaders,
  name: string,
  value: string,
  { path, seconds, sameSite }: CookieOptions,
): string {
  const secure = headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
  const whole = `${nameOf(headers, name)}=${value}`;
  return `${whole}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=${sameSite}${secure}`;
}

/** @returns the session's text, undefined where the request brings none */
export function readSessionCookie(headers: IncomingHttpHeaders): string | undefined {
  return readCookie(headers, SESSION);
}

/**
 * The Set-Cookie headers that begin a session, or end it.
 * @param seconds how long it lasts; 0 ends it
 */
export function sessionCookies(headers: IncomingHttpHeaders, token: string, seconds: number): string[] {
  return PATHS.map((path) => setCookie(headers, SESSION, token, { path, seconds, sameSite: 'Strict' }));
}
