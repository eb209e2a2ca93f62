import type { Dispatcher } from 'undici';
import { messageOf } from '../../../../common/errors.ts';
import { GatewayError } from '../../../errors.ts';
import { HttpClient } from '../../../http-client.ts';
import { object, readAs, text, type Shape } from '../../../json/shape.ts';
import { wholeAnswer } from '../../../whole-answer.ts';
import type { EngineAddress } from './engine-address.ts';

/** The largest answer that is read as a whole, in bytes. */
const LARGEST_ANSWER = 64 << 20;
/** How many characters of the engine's reason go into an error. */
const LONGEST_REASON = 500;
/** How long an answer may take to begin, unless the request has a timeout of its own, in milliseconds. */
const ANSWERS_WITHIN_MS = 60_000;
const CONNECTS_WITHIN_MS = 5000;

/** The engine answered with an error. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

export interface EngineRequest {
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** How long the answer may take to begin, in milliseconds; 0: no limit. */
  readonly timeout?: number;
}

/** Sends requests to an engine, by Docker's HTTP API, which Podman has too. */
export class EngineClient {
  readonly address: EngineAddress;
  readonly #client: HttpClient;

  constructor(address: EngineAddress) {
    this.address = address;
    const { socketPath, tls } = address;
    const connect = { timeout: CONNECTS_WITHIN_MS, ...(socketPath && { socketPath }), ...tls };
    this.#client = new HttpClient({ bodyTimeout: 0, connect });
  }

  /**
   * Sends a request whose answer is JSON.
   * @throws EngineError with the engine's reason; GatewayError PROVIDER_UNAVAILABLE where it does not answer
   */
  async read<T>(method: string, path: string, shape: Shape<T>, request: EngineRequest = {}): Promise<T> {
    const body = await this.#whole(await this.open(method, path, request));
    try {
      return readAs(shape, JSON.parse(body));
    } catch (thrown) {
      throw this.unavailable(`its answer to ${path} cannot be read (${messageOf(thrown)})`, thrown);
    }
  }

  /**
   * Sends a request whose answer has no content that matters. Throws as `read` does.
   * @param done statuses that count as success too, such as 304 (nothing to do) or 404 (already removed)
   */
  async send(
    method: string,
    path: string,
    request: EngineRequest = {},
    done: readonly number[] = [],
  ): Promise<void> {
    try {
      await this.#whole(await this.open(method, path, request));
    } catch (thrown) {
      if (!(thrown instanceof EngineError && done.includes(thrown.status))) throw thrown;
    }
  }

  /** Sends a request and returns the body of the answer, to be read as it comes. Throws as `read` does. */
  async open(
    method: string,
    path: string,
    request: EngineRequest = {},
  ): Promise<Dispatcher.ResponseData['body']> {
    const { query = {}, body, headers = {}, signal, timeout = ANSWERS_WITHIN_MS } = request;
    const search = new URLSearchParams(query).toString();
    let response: Dispatcher.ResponseData;
    try {
      response = await this.#client.send({
        origin: this.address.origin,
        path: `${path}${search === '' ? '' : `?${search}`}`,
        method: method as Dispatcher.HttpMethod,
        headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        headersTimeout: timeout,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      });
    } catch (thrown) {
      if (signal?.aborted === true) throw thrown;
      throw this.unavailable(messageOf(thrown), thrown);
    }
    if (response.statusCode >= 200 && response.statusCode < 300) return response.body;
    throw new EngineError(
      response.statusCode,
      reasonOf(await this.#whole(response.body), response.statusCode),
    );
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  unavailable(why: string, cause?: unknown): GatewayError {
    const text = `the container engine at ${this.address.text} does not answer: ${why}`;
    return new GatewayError('PROVIDER_UNAVAILABLE', text, { cause });
  }

  async #whole(body: Dispatcher.ResponseData['body']): Promise<string> {
    try {
      return (await wholeAnswer(body, LARGEST_ANSWER)).toString();
    } catch (thrown) {
      throw this.unavailable(messageOf(thrown), thrown);
    }
  }
}

const FAILURE = object({ message: text });

/** @returns the engine's reason, which is a field of JSON or plain text */
function reasonOf(body: string, status: number): string {
  let reason = body;
  try {
    reason = readAs(FAILURE, JSON.parse(body)).message || body;
  } catch {
    // plain text
  }
  const line = reason.trim().replaceAll(/\s+/g, ' ').slice(0, LONGEST_REASON);
  return line || `it answered ${status}`;
}
