import type { Dispatcher } from 'undici';
import { messageOf } from '../../../common/errors.ts';
import { GatewayError, type GatewayErrorCode } from '../../errors.ts';
import { HttpClient } from '../../http-client.ts';
import { wholeAnswer } from '../../whole-answer.ts';

/** The most bytes of one answer of a provider. */
const LARGEST_ANSWER = 64 << 20;

/** How many characters of a provider's answer an error repeats. */
const LONGEST_REASON = 500;

export interface ProviderAnswer {
  readonly status: number;
  readonly text: string;
}

export interface ProviderClientOptions {
  readonly origin: string;
  readonly basePath: string;
  /** The Authorization header that goes with each request. */
  readonly authorization: string | undefined;
  /** How long an answer may take to begin, in milliseconds; 0: no limit. */
  readonly timeout: number;
}

export interface ProviderRequest {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Sends requests to a provider's REST API. */
export class ProviderClient {
  readonly #options: ProviderClientOptions;
  readonly #client = new HttpClient({ connections: 64, bodyTimeout: 0 });

  constructor(options: ProviderClientOptions) {
    this.#options = options;
  }

  get origin(): string {
    return this.#options.origin;
  }

  /**
   * Sends a request and reads the whole answer, whatever its status.
   * @throws GatewayError PROVIDER_UNAVAILABLE where the provider does not answer, or refuses the gateway's login
   */
  async send(method: string, path: string, request: ProviderRequest = {}): Promise<ProviderAnswer> {
    const { statusCode, body } = await this.open(method, path, request);
    try {
      return { status: statusCode, text: (await wholeAnswer(body, LARGEST_ANSWER)).toString() };
    } catch (thrown) {
      throw this.#unavailable(messageOf(thrown), thrown);
    }
  }

  /** Sends a request as `send` does, and returns the answer with a body to be read as it comes. */
  async open(method: string, path: string, request: ProviderRequest = {}): Promise<Dispatcher.ResponseData> {
    const { origin, basePath, authorization, timeout } = this.#options;
    const { query = {}, body, signal } = request;
    const search = new URLSearchParams(query).toString();
    const headers = {
      ...(authorization !== undefined && { authorization }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    let response: Dispatcher.ResponseData;
    try {
      response = await this.#client.send({
        origin,
        path: `${basePath}${path}${search === '' ? '' : `?${search}`}`,
        method: method as Dispatcher.HttpMethod,
        headers,
        headersTimeout: timeout,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      });
    } catch (thrown) {
      throw this.#unavailable(messageOf(thrown), thrown);
    }
    if (response.statusCode !== 401) return response;
    await response.body.dump();
    throw this.#unavailable('it refuses the login of the gateway (secret_mount_path)', undefined);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #unavailable(why: string, cause: unknown): GatewayError {
    const text = `the provider at ${this.#options.origin} does not answer: ${why}`;
    return new GatewayError('PROVIDER_UNAVAILABLE', text, { cause });
  }
}

/** The gateway's error for a status of the provider's answer. */
export type ErrorCodes = Readonly<Record<number, GatewayErrorCode>>;

/** Accepts any 2xx answer. @throws GatewayError with the provider's own text for every other */
export function requireDone({ status, text }: ProviderAnswer, codes: ErrorCodes): void {
  if (status >= 200 && status < 300) return;
  const reason = text.trim().slice(0, LONGEST_REASON);
  const code = codes[status];
  if (code !== undefined) throw new GatewayError(code, reason || `the provider answered ${status}`);
  throw new GatewayError(
    'UPSTREAM_FAILED',
    `the provider answered ${status}${reason === '' ? '' : `: ${reason}`}`,
  );
}
