import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../errors.ts';
import { accessOf, type GroupRules } from './group-access.ts';
import { IdentityProvider, type IdentityProviderOptions } from './identity-provider.ts';
import { PENDING_MS, PendingLogins } from './pending-logins.ts';
import type { Access } from './principal.ts';
import { readCookie, setCookie } from './session-cookie.ts';

export interface OidcOptions extends IdentityProviderOptions {
  readonly groups: GroupRules;
  /** The claim with the groups of the user. */
  readonly groupsClaim: string;
  /** The address at which browsers reach the gateway; '' for the host of the request. */
  readonly publicUrl: string;
}

const COOKIE = 'of-oidc';
const COOKIE_PATH = '/system/login';
const CALLBACK = '/system/login/callback';

/** Logs users in at an identity provider. Their groups decide their rights. */
export class OidcLogin {
  readonly #options: OidcOptions;
  readonly #provider: IdentityProvider;
  readonly #pending = new PendingLogins();

  constructor(options: OidcOptions) {
    this.#options = options;
    this.#provider = new IdentityProvider(options);
  }

  get name(): string {
    return this.#provider.name;
  }

  /**
   * Begins a login.
   * @returns the address that the browser goes to, and a cookie that identifies the browser when it comes back
   * @throws GatewayError PROVIDER_UNAVAILABLE
   */
  async begin(headers: IncomingHttpHeaders): Promise<{ location: string; cookie: string }> {
    const login = this.#pending.begin(this.#redirectUri(headers), performance.now());
    const location = await this.#provider.addressOf(login);
    return {
      location,
      // not Strict, as the browser comes back from another site
      cookie: setCookie(headers, COOKIE, login.state, {
        path: COOKIE_PATH,
        seconds: PENDING_MS / 1000,
        sameSite: 'Lax',
      }),
    };
  }

  /**
   * Completes a login whose browser has come back.
   * @throws GatewayError CREDENTIALS_INVALID, ACCESS_DENIED, PROVIDER_UNAVAILABLE
   */
  async complete(
    headers: IncomingHttpHeaders,
    query: URLSearchParams,
  ): Promise<{ user: string; access: Access }> {
    const state = query.get('state') ?? '';
    const login = this.#pending.take(state, performance.now());
    if (!login || readCookie(headers, COOKIE) !== state)
      throw new GatewayError(
        'CREDENTIALS_INVALID',
        'this login was not begun here, or too long ago: log in again',
      );
    const error = query.get('error');
    if (error !== null)
      throw new GatewayError(
        'CREDENTIALS_INVALID',
        `the identity provider refuses: ${JSON.stringify(error.slice(0, 200))}`,
      );
    const claims = await this.#provider.claimsOf(query.get('code') ?? '', login);
    const { groups, groupsClaim } = this.#options;
    const access = accessOf(claims[groupsClaim], groups);
    if (!access)
      throw new GatewayError(
        'ACCESS_DENIED',
        `none of your groups (claim ${groupsClaim}) is among oidc_write_groups or oidc_read_groups`,
      );
    const user = [claims['preferred_username'], claims['email'], claims.sub].find(
      (one) => typeof one === 'string',
    );
    return { user: String(user).slice(0, 200), access };
  }

  /** @returns the Set-Cookie header that removes the cookie of `begin` */
  overCookie(headers: IncomingHttpHeaders): string {
    return setCookie(headers, COOKIE, '', { path: COOKIE_PATH, seconds: 0, sameSite: 'Lax' });
  }

  #redirectUri({
    host = '',
    'x-forwarded-proto': proto,
    'x-forwarded-host': forwarded,
  }: IncomingHttpHeaders): string {
    const { publicUrl } = this.#options;
    if (publicUrl !== '') return publicUrl.replace(/\/$/, '') + CALLBACK;
    const name = typeof forwarded === 'string' ? forwarded : host;
    return `${proto === 'https' ? 'https' : 'http'}://${name}${CALLBACK}`;
  }
}
