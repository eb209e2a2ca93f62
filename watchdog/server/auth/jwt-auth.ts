import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { jwtVerify } from 'jose';
import { messageOf } from '../../../common/errors.ts';
import { RequestError, StartError } from '../../errors.ts';
import type { Logger } from '../../log/logger.ts';
import type { Settings } from '../../settings/table.ts';
import { discoverAuthority, type Authority } from './authority.ts';
import { permits, readFunctionClaim } from './permissions.ts';

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/**
 * The accepted algorithms: signatures by a private key alone. With a shared secret, a public key could be used as one.
 */
const ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
];

/** Seconds by which the clocks of gateway and function may differ. */
const LEEWAY_SECONDS = 1;

const DEBUG_PREFIX = '[JWT Auth]';

/** OpenFaaS's authentication of functions (jwt_auth). */
export class JwtAuth {
  readonly #authority: Authority;
  readonly #functionName: string;
  readonly #logger: Logger;
  readonly #isDebugging: boolean;

  private constructor(authority: Authority, functionName: string, logger: Logger, isDebugging: boolean) {
    this.#authority = authority;
    this.#functionName = functionName;
    this.#logger = logger;
    this.#isDebugging = isDebugging;
  }

  /** @throws StartError where the gateway does not answer or the function's namespace is not known */
  static async create(
    settings: Settings,
    logger: Logger,
    announce: (line: string) => void,
  ): Promise<JwtAuth> {
    const name = `${settings.openfaasNamespace ?? readNamespace()}:${settings.openfaasName ?? ''}`;
    const authority = await discoverAuthority(settings.jwtAuthLocal);
    if (settings.jwtAuthDebug) announce(`${DEBUG_PREFIX} Issuer: ${authority.issuer}\tFunction: ${name}`);
    return new JwtAuth(authority, name, logger, settings.jwtAuthDebug);
  }

  /** @returns why a request is refused, or undefined where it is allowed */
  async check(headers: IncomingHttpHeaders): Promise<RequestError | undefined> {
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) {
      return new RequestError('TOKEN_INVALID', 'Bearer must be present in Authorization header');
    }
    try {
      const { issuer, keys } = this.#authority;
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: issuer, // the gateway is the audience too, under the same URL
        algorithms: ALGORITHMS,
        clockTolerance: LEEWAY_SECONDS,
      });
      this.#debug(`Token: audience: ${String(payload.aud)}\tissuer: ${String(payload.iss)}`);
      if (permits(readFunctionClaim(payload['function']), this.#functionName)) return undefined;
      return new RequestError('TOKEN_INSUFFICIENT', 'insufficient permissions');
    } catch (thrown) {
      this.#debug(`Refused: ${messageOf(thrown)}`);
      return new RequestError('TOKEN_INVALID', `failed to verify JWT token: ${messageOf(thrown)}`, {
        cause: thrown,
      });
    }
  }

  #debug(message: string): void {
    if (this.#isDebugging) this.#logger.info(`${DEBUG_PREFIX} ${message}`);
  }
}

function readNamespace(): string {
  try {
    return readFileSync(NAMESPACE_FILE, 'utf8').trim();
  } catch (thrown) {
    const text = `jwt_auth=true needs "OPENFAAS_NAMESPACE", or ${NAMESPACE_FILE} of a service account: ${messageOf(thrown)}`;
    throw new StartError('SETTING_MISSING', text, { cause: thrown });
  }
}
