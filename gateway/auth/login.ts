import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../errors.ts';
import type { BasicAuth } from './basic-auth.ts';
import { LoginLimit } from './login-limit.ts';
import type { OidcLogin } from './oidc-login.ts';
import type { Principal } from './principal.ts';
import { readSessionCookie } from './session-cookie.ts';
import { isSame, type Sessions } from './sessions.ts';

/** Passwords that are checked at a time: each takes 16 MiB and some 50 ms of a core. */
const MOST_CHECKS = 4;

/** Who is let in: tools by user and password in every request, browsers by a session that a login begins. */
export class Login {
  readonly sessions: Sessions;
  /** Undefined where there is no identity provider. */
  readonly oidc: OidcLogin | undefined;
  readonly #basic: BasicAuth;
  readonly #limit = new LoginLimit();
  #checks = 0;

  constructor(basic: BasicAuth, sessions: Sessions, oidc: OidcLogin | undefined) {
    this.oidc = oidc;
    this.#basic = basic;
    this.sessions = sessions;
  }

  /** @returns who asks; undefined where it is nobody who may */
  async principalOf(headers: IncomingHttpHeaders): Promise<Principal | undefined> {
    const user = await this.#basic.userOf(headers.authorization);
    if (user !== undefined) return { user, access: 'write' };
    const cookie = readSessionCookie(headers);
    return cookie === undefined ? undefined : this.sessions.read(cookie);
  }

  /**
   * Checks user and password of the login page.
   * @param address of the caller, whose wrong logins are counted
   * @returns a session's text, or how long to wait before the next try, in seconds
   * @throws GatewayError CREDENTIALS_INVALID
   */
  async begin(user: string, password: string, address: string): Promise<string | number> {
    const wait = this.#limit.waitOf(address, performance.now());
    if (wait > 0) return Math.ceil(wait / 1000);
    if (this.#checks >= MOST_CHECKS) return 1;
    this.#checks += 1;
    try {
      if (await this.#basic.checkSlowly(user, password)) return await this.sessions.issue(user, 'write');
    } finally {
      this.#checks -= 1;
    }
    this.#limit.failed(address, performance.now());
    throw new GatewayError('CREDENTIALS_INVALID', 'wrong user or password');
  }
}

/** Methods that change nothing. */
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * @param headers of the request
 * @returns why somebody who has logged in may not do this, or undefined
 */
export function refusalOf(
  { access, session }: Principal,
  method: string,
  headers: IncomingHttpHeaders,
): GatewayError | undefined {
  if (READING.has(method)) return undefined;
  const token = headers['x-csrf-token'];
  if (session && !(typeof token === 'string' && isSame(token, session.csrfToken)))
    return new GatewayError(
      'TOKEN_MISSING',
      'a session changes things with X-CSRF-Token alone: GET /system/session tells it',
    );
  if (access === 'read') return new GatewayError('ACCESS_DENIED', 'your login may read, and change nothing');
  return undefined;
}
