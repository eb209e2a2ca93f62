import { createRemoteJWKSet, customFetch, type FetchImplementation, type JWTVerifyGetKey } from 'jose';
import { messageOf } from '../../../common/errors.ts';
import { StartError } from '../../errors.ts';

const IN_CLUSTER = 'http://gateway.openfaas:8080';
const LOCAL = 'http://127.0.0.1:8000';
const DISCOVERY_PATH = '/.well-known/openid-configuration';

/** Milliseconds that the gateway has to answer. */
const TIMEOUT_MS = 5000;

/** How many fetches of the keys may follow each other, and after how many milliseconds one more is allowed. */
const FETCH_BURST = 5;
const FETCH_REFILL_MS = 10_000;

/** The signer of function access tokens. */
export interface Authority {
  readonly issuer: string;
  /** Finds the key of a token. Unknown keys are fetched, so that keys can rotate. */
  readonly keys: JWTVerifyGetKey;
}

/**
 * Asks the gateway who it is and where its keys are (OpenID Connect Discovery 1.0).
 * @param isLocal the gateway is port-forwarded to this machine
 * @throws StartError AUTHORITY_UNAVAILABLE
 */
export async function discoverAuthority(isLocal: boolean): Promise<Authority> {
  const url = `${isLocal ? LOCAL : IN_CLUSTER}${DISCOVERY_PATH}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const { issuer, jwks_uri: jwksUri } = (await response.json()) as Record<string, unknown>;
    if (typeof issuer !== 'string' || typeof jwksUri !== 'string')
      throw new Error('no issuer or jwks_uri in it');
    const keys = createRemoteJWKSet(new URL(jwksUri), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: 0,
      headers: { 'User-Agent': 'openfaas-watchdog' },
      [customFetch]: limitedFetch(),
    });
    return { issuer, keys };
  } catch (thrown) {
    const why = messageOf(thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown);
    const text = `jwt_auth: cannot read the gateway's OpenID configuration at ${url}: ${why}`;
    throw new StartError('AUTHORITY_UNAVAILABLE', text, { cause: thrown });
  }
}

/** Limits the fetches: tokens with invented key ids must not become a flood of requests to the gateway. */
function limitedFetch(): FetchImplementation {
  let left = FETCH_BURST;
  let refilledAt = performance.now();
  return async (url, options) => {
    const refill = Math.floor((performance.now() - refilledAt) / FETCH_REFILL_MS);
    if (refill > 0) {
      left = Math.min(FETCH_BURST, left + refill);
      refilledAt += refill * FETCH_REFILL_MS;
    }
    if (left === 0) throw new Error('the key is unknown, and the keys were fetched too often lately');
    left -= 1;
    return fetch(url, options);
  };
}
