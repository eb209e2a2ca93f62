import type { IncomingHttpHeaders } from 'node:http';

/**
 * The paths that get the session's cookie. /function/ is not one of them, as functions must not get the gateway's
 * login.
 */
const PATHS = ['/system', '/ui'] as const;

const SESSION = 'of-session';

export interface CookieOptions {
  readonly path: string;
  /** How long the cookie lasts, in seconds; 0 removes it. */
  readonly seconds: number;
  readonly sameSite: 'Strict' | 'Lax';
}

/** Adds the port to a cookie's name. Cookies do not depend on ports, but a machine may have several gateways. */
function nameOf({ host = '' }: IncomingHttpHeaders, name: string): string {
  return `${name}-${/:(\d+)$/.exec(host)?.[1] ?? '0'}`;
}

/** @returns the value of a cookie; undefined where the request has none of that name */
export function readCookie(headers: IncomingHttpHeaders, name: string): string | undefined {
  const whole = nameOf(headers, name);
  for (const pair of (headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() === whole) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** @returns the value of a Set-Cookie header (RFC 6265). No script can read the cookie. */
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

/** @returns the value of the session's cookie; undefined where the request has none */
export function readSessionCookie(headers: IncomingHttpHeaders): string | undefined {
  return readCookie(headers, SESSION);
}

/**
 * Makes the Set-Cookie headers that begin or end a session.
 * @param seconds how long the session lasts; 0 ends it
 */
export function sessionCookies(headers: IncomingHttpHeaders, token: string, seconds: number): string[] {
  return PATHS.map((path) => setCookie(headers, SESSION, token, { path, seconds, sameSite: 'Strict' }));
}
