import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import { messageOf } from '../../common/errors.ts';
import { GatewayError } from '../errors.ts';
import { HttpClient } from '../http-client.ts';
import { wholeAnswer } from '../whole-answer.ts';
import { challengeOf, type PendingLogin } from './pending-logins.ts';

export interface IdentityProviderOptions {
  /** The issuer's URL, without a slash at its end. */
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a public client, which has only PKCE. */
  readonly clientSecret: string | undefined;
  readonly scope: string;
}

/** The metadata of a provider (OpenID Connect Discovery, section 3). */
interface Metadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly userinfo_endpoint?: string;
  readonly jwks_uri: string;
}

const ANSWER_WITHIN_MS = 10_000;
const LARGEST_ANSWER = 1 << 20;
/** How long the metadata are used before they are fetched again, in milliseconds. */
const FRESH_MS = 3_600_000;

/** The accepted signatures: those with the provider's private key. HS256 and `none` are not among them. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** A client of an OpenID Connect provider, which logs users in by authorization code and PKCE. */
export class IdentityProvider {
  readonly #options: IdentityProviderOptions;
  readonly #client = new HttpClient();
  #metadata: { readonly value: Metadata; readonly at: number } | undefined;
  #keys: ReturnType<typeof createRemoteJWKSet> | undefined;

  constructor(options: IdentityProviderOptions) {
    this.#options = options;
  }

  /** The provider's name for users: its host. */
  get name(): string {
    return new URL(this.#options.issuer).host;
  }

  /** @returns the address at which a browser logs in @throws GatewayError PROVIDER_UNAVAILABLE */
  async addressOf({ state, nonce, verifier, redirectUri }: PendingLogin): Promise<string> {
    const { clientId, scope } = this.#options;
    const address = new URL((await this.#discover()).authorization_endpoint);
    for (const [name, value] of Object.entries({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope,
      state,
      nonce,
      code_challenge: challengeOf(verifier),
      code_challenge_method: 'S256',
    }))
      address.searchParams.set(name, value);
    return address.href;
  }

  /**
   * Redeems the code that came back for the claims about the user: those of the ID token, which is verified, and those
   * of userinfo, if the provider has it.
   * @throws GatewayError CREDENTIALS_INVALID, PROVIDER_UNAVAILABLE
   */
  async claimsOf(code: string, { verifier, nonce, redirectUri }: PendingLogin): Promise<JWTPayload> {
    const metadata = await this.#discover();
    const tokens = await this.#askTokens(metadata, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    });
    const claims = await this.#verify(metadata, String(tokens['id_token'] ?? ''), nonce);
    const accessToken = tokens['access_token'];
    if (metadata.userinfo_endpoint === undefined || typeof accessToken !== 'string') return claims;
    const more = await this.#ask(metadata.userinfo_endpoint, { authorization: `Bearer ${accessToken}` });
    // ignores userinfo about a different user (OpenID Connect Core, section 5.3.2)
    return more['sub'] === claims.sub ? { ...more, ...claims } : claims;
  }

  async #discover(): Promise<Metadata> {
    const { issuer } = this.#options;
    if (this.#metadata && performance.now() - this.#metadata.at < FRESH_MS) return this.#metadata.value;
    const value = (await this.#ask(`${issuer}/.well-known/openid-configuration`, {})) as unknown as Metadata;
    if (value.issuer !== issuer)
      throw unavailable(`its issuer is ${JSON.stringify(value.issuer)}: set oidc_issuer to that`);
    for (const endpoint of [value.authorization_endpoint, value.token_endpoint, value.jwks_uri])
      if (typeof endpoint !== 'string' || !/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint))
        throw unavailable('its metadata lack an endpoint');
    this.#metadata = { value, at: performance.now() };
    this.#keys = createRemoteJWKSet(new URL(value.jwks_uri), { timeoutDuration: ANSWER_WITHIN_MS });
    return value;
  }

  async #askTokens(
    { token_endpoint: endpoint }: Metadata,
    form: Readonly<Record<string, string>>,
  ): Promise<Record<string, unknown>> {
    const { clientId, clientSecret } = this.#options;
    const basic = [clientId, clientSecret ?? ''].map(encodeURIComponent).join(':');
    return this.#ask(
      endpoint,
      {
        'content-type': 'application/x-www-form-urlencoded',
        ...(clientSecret !== undefined && {
          authorization: `Basic ${Buffer.from(basic).toString('base64')}`,
        }),
      },
      new URLSearchParams({ ...form, ...(clientSecret === undefined && { client_id: clientId }) }).toString(),
    );
  }

  async #verify({ issuer }: Metadata, token: string, nonce: string): Promise<JWTPayload> {
    if (!this.#keys) throw unavailable('its keys are not known');
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer,
        audience: this.#options.clientId,
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
        clockTolerance: 30,
      });
      if (payload['nonce'] !== nonce) throw new Error('its nonce is that of another login');
      return payload;
    } catch (thrown) {
      throw new GatewayError('CREDENTIALS_INVALID', `the ID token is not valid: ${messageOf(thrown)}`, {
        cause: thrown,
      });
    }
  }

  async #ask(
    url: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Record<string, unknown>> {
    try {
      const answer = await this.#client.ask(url, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { accept: 'application/json', ...headers },
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      const bytes = await wholeAnswer(answer.body, LARGEST_ANSWER);
      const value = JSON.parse(bytes.toString()) as Record<string, unknown>;
      if (answer.statusCode === 200 && typeof value === 'object' && value !== null) return value;
      throw new Error(`${answer.statusCode} ${String(value['error'] ?? '')}`.trim());
    } catch (thrown) {
      throw unavailable(`${new URL(url).pathname}: ${messageOf(thrown)}`, thrown);
    }
  }
}

function unavailable(why: string, cause?: unknown): GatewayError {
  return new GatewayError('PROVIDER_UNAVAILABLE', `the identity provider cannot be used: ${why}`, { cause });
}
