import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import { printable } from '../terminal/printable.ts';
import type { DeploymentBody } from './deployment.ts';

/** A function as the gateway describes it. */
export interface FunctionStatus {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly replicas?: number;
  readonly availableReplicas?: number;
  readonly invocationCount?: number;
  readonly notes?: readonly string[];
}

/** A line that an instance of a function wrote. */
export interface FunctionLine {
  readonly name: string;
  readonly namespace: string;
  readonly instance: string;
  readonly timestamp: string;
  readonly text: string;
  /** The writer of the line, where that is the watchdog or the gateway, and not the function. */
  readonly kind?: 'request' | 'warning' | 'watchdog' | 'gateway';
}

export interface LogQuery {
  readonly follow: boolean;
  readonly tail: number | undefined;
  readonly since: Date | undefined;
}

/** How long the gateway may take to begin an answer, in milliseconds. */
const ANSWER_WITHIN_MS = 30_000;

/** The API of a gateway on this machine. */
export class GatewayClient {
  readonly url: string;
  readonly #login: string | undefined;

  /** @param login the Authorization header; undefined where the gateway asks for none */
  constructor(url: string, login: string | undefined) {
    this.url = url;
    this.#login = login;
  }

  /** Loads the HTTP client, so that the first request does not wait for it. */
  static prepare(): void {
    void import('undici');
  }

  /** @param stateFolder the gateway's state folder, where its password lies if it has one */
  static async create(url: string, stateFolder: string): Promise<GatewayClient> {
    const password = await readFile(join(stateFolder, 'basic-auth-password'), 'utf8').catch(() => undefined);
    const login = password && `Basic ${Buffer.from(`admin:${password.trim()}`).toString('base64')}`;
    return new GatewayClient(url, login);
  }

  /**
   * Deploys a function: adds it, or updates the function of that name.
   * @throws KitError PORT_TAKEN where it asks for a port of its own that is in use
   */
  async deploy(body: DeploymentBody): Promise<void> {
    const path = '/system/functions';
    let answer = await this.send('PUT', path, { body, besides: [404, 409] });
    if (answer.status === 404) answer = await this.send('POST', path, { body, besides: [409] });
    if (answer.status === 409) throw new KitError('PORT_TAKEN', answer.text.trim());
  }

  /** Removes a function. Requests in flight are answered first. */
  async remove(functionName: string, namespace: string): Promise<void> {
    const body = { functionName, namespace };
    await this.send('DELETE', '/system/functions', { body, besides: [404] });
  }

  async status(name: string, namespace: string): Promise<FunctionStatus> {
    const query = new URLSearchParams({ namespace });
    return (await this.send('GET', `/system/function/${name}?${query}`)).json() as FunctionStatus;
  }

  /** Lists the functions of all namespaces. */
  list(): Promise<readonly FunctionStatus[]> {
    return this.#ofAllNamespaces<FunctionStatus>('/system/functions');
  }

  /** Removes all functions and all secrets. */
  async clear(): Promise<void> {
    for (const { name, namespace } of await this.list()) await this.remove(name, namespace);
    const secrets = await this.#ofAllNamespaces<{ name: string; namespace: string }>('/system/secrets');
    for (const body of secrets) await this.send('DELETE', '/system/secrets', { body, besides: [404] });
  }

  async #ofAllNamespaces<T>(path: string): Promise<T[]> {
    const namespaces = (await this.send('GET', '/system/namespaces')).json() as string[];
    const lists = namespaces.map(async (namespace) => {
      const query = new URLSearchParams({ namespace });
      return (await this.send('GET', `${path}?${query}`)).json() as T[];
    });
    return (await Promise.all(lists)).flat();
  }

  /** Makes a namespace, unless it exists. */
  async ensureNamespace(name: string): Promise<void> {
    await this.send('POST', '/system/namespace/', {
      body: { name, labels: { openfaas: '1' } },
      besides: [409],
    });
  }

  async putSecret(name: string, namespace: string, value: Buffer): Promise<void> {
    const body = { name, namespace, rawValue: value.toString('base64') };
    const updated = await this.send('PUT', '/system/secrets', { body, besides: [404] });
    if (updated.status === 404) await this.send('POST', '/system/secrets', { body });
  }

  /** Gives the lines of a function. `follow` waits for new ones until it is removed, or `signal` is aborted. */
  async *logs(
    { name, namespace }: Pick<FunctionStatus, 'name' | 'namespace'>,
    { follow, tail, since }: LogQuery,
    signal?: AbortSignal,
  ): AsyncGenerator<FunctionLine> {
    const query = new URLSearchParams({
      name,
      namespace,
      follow: String(follow),
      ...(tail !== undefined && { tail: String(tail) }),
      ...(since && { since: since.toISOString() }),
    });
    const body = await this.stream(`/system/logs?${query}`, { silenceMs: 0, signal });
    for await (const line of createInterface({ input: body })) yield JSON.parse(line) as FunctionLine;
  }

  /**
   * Opens a stream: an answer without an end, until the gateway or `signal` ends it.
   * @param silenceMs the longest silence before it fails, in milliseconds; 0 for no limit
   * @throws KitError as `send`
   */
  async stream(
    path: string,
    { silenceMs, signal }: { readonly silenceMs: number; readonly signal: AbortSignal | undefined },
  ): Promise<Readable> {
    const { request } = await import('undici');
    const { statusCode, body } = await request(this.url + path, {
      headers: this.#headers(),
      headersTimeout: ANSWER_WITHIN_MS,
      bodyTimeout: silenceMs,
      ...(signal && { signal }),
    }).catch((error: unknown) => this.#unreachable(error));
    if (statusCode !== 200) this.#refuse(statusCode, await body.text());
    return body;
  }

  /**
   * Makes a request to the API.
   * @param besides statuses outside 2xx that are no error
   * @throws KitError NOT_FOUND for 404, INVALID for any other refusal, UNREACHABLE
   */
  async send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    { body, besides = [] }: { body?: unknown; besides?: readonly number[] } = {},
  ): Promise<{ status: number; text: string; json: () => unknown }> {
    const { request } = await import('undici');
    const response = await request(this.url + path, {
      method,
      headers: { ...this.#headers(), ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: ANSWER_WITHIN_MS,
      bodyTimeout: ANSWER_WITHIN_MS,
    }).catch((error: unknown) => this.#unreachable(error));
    const text = await response.body.text();
    const status = response.statusCode;
    if (status >= 300 && !besides.includes(status)) this.#refuse(status, text);
    return { status, text, json: () => JSON.parse(text) as unknown };
  }

  #headers(): Record<string, string> {
    return this.#login === undefined ? {} : { authorization: this.#login };
  }

  #unreachable(error: unknown): never {
    throw new KitError('UNREACHABLE', `the gateway at ${this.url} does not answer: ${messageOf(error)}`, {
      cause: error,
    });
  }

  #refuse(status: number, text: string): never {
    if (status === 401)
      throw new KitError('INVALID', `the gateway at ${this.url} asks for a login: do "faas-cli login" first`);
    const code = status === 404 ? 'NOT_FOUND' : status < 500 ? 'INVALID' : 'UNREACHABLE';
    const told = printable(text.trim());
    const options = { cause: new Error(told) }; // the gateway's own words, for a caller that tells their place
    throw new KitError(code, `the gateway at ${this.url} says ${status}: ${told}`, options);
  }
}
