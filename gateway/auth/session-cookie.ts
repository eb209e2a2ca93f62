import type { IncomingHttpHeaders } from 'node:http';

/**
 * The paths that get the cookie of a session. Functions are no part of them: what lies at /function/ belongs to whoever
 * wrote it, and gets no login of the gateway.
 */
const PATHS = ['/system', '/ui'] as const;

/** Cookies know no ports: each gateway of a machine has a name of its own. */
function cookieName({ host = '' }: IncomingHttpHeaders): string {
  return `of-session-${/:(\d+)$/.exec(host)?.[1] ?? '0'}`;
}

/** @returns the session's text, undefined where the request brings none */
export function readSessionCookie(headers: IncomingHttpHeaders): string | undefined {
  const name = cookieName(headers);
  for (const pair of (headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/**
 * The Set-Cookie headers that begin a session (RFC 6265), or end it.
 * @param seconds how long it lasts; 0 ends it
 */
export function sessionCookies(headers: IncomingHttpHeaders, token: string, seconds: number): string[] {
  const isSecure = headers['x-forwarded-proto'] === 'https';
  return PATHS.map(
    (path) =>
      `${cookieName(headers)}=${token}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`,
  );
}
