import http from 'node:http';
import type { TestContext } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose';
import { systemCodeOf } from '../../common/errors.ts';
import { until } from './wait.ts';

/** The place where a watchdog with jwt_auth_local looks for the gateway. */
const PORT = 8000;

export const ISSUER = `http://127.0.0.1:${PORT}`;
const FUNCTION = { OPENFAAS_NAME: 'fn', OPENFAAS_NAMESPACE: 'ns' };
export const JWT_AUTH = { jwt_auth: 'true', jwt_auth_local: 'true', ...FUNCTION };

type Algorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA';

export interface SigningKey {
  readonly id: string;
  readonly algorithm: Algorithm;
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly publicJwk: JWK;
}

export async function makeKey(id: string, algorithm: Algorithm = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: id, alg: algorithm, use: 'sig' };
  return { id, algorithm, privateKey, publicJwk };
}

/** Stands for the part of OpenFaaS's gateway that issues tokens for functions and publishes its keys. */
export class JwtAuthority {
  /** The keys that it publishes now. */
  keys: readonly SigningKey[];
  /** How often its keys were asked for. */
  keyFetches = 0;
  isBroken = false;

  private constructor(keys: readonly SigningKey[]) {
    this.keys = keys;
  }

  /**
   * Takes the gateway's port, which tests of other files may hold for a while.
   * @returns undefined, with the test skipped, where something else has it
   */
  static async start(t: TestContext, ...keys: SigningKey[]): Promise<JwtAuthority | undefined> {
    const gateway = new JwtAuthority(keys);
    const server = http.createServer((request, response) => gateway.#answer(request, response));
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    try {
      await until(() => listens(server), `port ${PORT}`, 20_000);
    } catch {
      t.skip(`port ${PORT} of the local gateway is taken by another program`);
      return undefined;
    }
    return gateway;
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    if (this.isBroken) return void response.writeHead(503).end('broken');
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/openid-configuration') {
      return void response.end(JSON.stringify({ issuer: ISSUER, jwks_uri: `${ISSUER}/.well-known/keys` }));
    }
    this.keyFetches += 1;
    response.end(JSON.stringify({ keys: this.keys.map(({ publicJwk }) => publicJwk) }));
  }
}

function listens(server: http.Server): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (systemCodeOf(error) === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(PORT, '127.0.0.1', () => resolve(true));
  });
}

export interface TokenOptions {
  /** The `function` claim. */
  readonly grants?: unknown;
  readonly claims?: JWTPayload;
  readonly expiresIn?: string | number;
}

/** A function access token. */
export function makeToken(key: SigningKey, options: TokenOptions = {}): Promise<string> {
  const { grants = { permissions: ['ns:fn'] }, claims = {}, expiresIn = '5m' } = options;
  return new SignJWT({ iss: ISSUER, aud: ISSUER, sub: 'fed:user', function: grants, ...claims })
    .setProtectedHeader({ alg: key.algorithm, kid: key.id, typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime(expiresIn)
    .sign(key.privateKey);
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}
