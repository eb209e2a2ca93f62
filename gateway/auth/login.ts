import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../errors.ts';
import type { BasicAuth } from './basic-auth.ts';
import { LoginLimit } from './login-limit.ts';
import type { OidcLogin } from './oidc-login.ts';
import type { Principal } from './principal.ts';
import { readSessionCookie } from './session-cookie.ts';
import { isSame, type Sessions } from './sessions.ts';

/** How many passwords are checked at the same time. Each check takes 16 MiB and about 50 ms of CPU. */
const MOST_CHECKS = 4;

/** Checks logins: tools send user and password with every request, browsers the cookie of a session. */
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

  /** @returns the login of a request; undefined where it has none that is valid */
  async principalOf(headers: IncomingHttpHeaders): Promise<Principal | undefined> {
    const user = await this.#basic.userOf(headers.authorization);
    if (user !== undefined) return { user, access: 'write' };
    const cookie = readSessionCookie(headers);
    return cookie === undefined ? undefined : this.sessions.read(cookie);
  }

  /**
   * Checks user and password of the page's login form.
   * @param address the caller's address, whose wrong logins are counted
   * @returns the value of the session's cookie, or the seconds to wait before the next try
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
 * Checks whether a login may send a request with this method.
 * @returns the reason of the refusal; undefined where it may
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
      'a change by a session needs the header X-CSRF-Token: GET /system/session returns it',
    );
  if (access === 'read') return new GatewayError('ACCESS_DENIED', 'your login may read, and change nothing');
  return undefined;
}
