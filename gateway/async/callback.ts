import { setTimeout as sleep } from 'node:timers/promises';
import { endToEndHeaders, withoutHeader } from '../../common/http/upstream/headers.ts';
import { HttpClient } from '../http-client.ts';
import { RELEASE } from '../version.ts';
import type { CallAnswer, CallRecord } from './async-call.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** How often a callback is tried, how long a try may take, and the first wait between tries, which then doubles. */
const MOST_TRIES = 5;
const TRY_TIMEOUT_MS = 30_000;
const FIRST_WAIT_MS = 1000;

/** Sends the answers of functions to the callers' X-Callback-Url. */
export class Callbacks {
  readonly #client = new HttpClient({ headersTimeout: TRY_TIMEOUT_MS, bodyTimeout: TRY_TIMEOUT_MS });

  /**
   * Posts an answer, and tries again after status 429, 500 or above, or none.
   * @param signals `signal` aborts at once; `rest` aborts only the wait for the next try
   * @returns whether the receiver answered 2xx
   * @throws the reason of the signal that aborted
   */
  async send(
    url: string,
    record: CallRecord,
    answer: CallAnswer,
    { attempts }: RetryPolicy,
    { signal, rest }: { readonly signal: AbortSignal; readonly rest: AbortSignal },
  ): Promise<boolean> {
    const headers = [...callbackHeaders(record, answer, attempts), ...loginOf(new URL(url))];
    const waits = AbortSignal.any([signal, rest]);
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      if (tries > 1) await sleep(FIRST_WAIT_MS * 2 ** (tries - 2), undefined, { signal: waits, ref: false });
      const status = await this.#post(url, headers, answer.body, signal);
      if (status !== undefined && status < 500 && status !== 429) return status < 300; // a redirect is not followed
    }
    return false;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #post(
    url: string,
    headers: string[],
    body: Buffer,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    try {
      const response = await this.#client.ask(url, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TRY_TIMEOUT_MS)]),
      });
      await response.body.dump();
      return response.statusCode;
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }
}

/** @returns the header for user and password of a URL (RFC 7617), as Go's client sends it for OpenFaaS's queue-worker */
function loginOf({ username, password }: URL): string[] {
  if (username === '' && password === '') return [];
  const login = `${decoded(username)}:${decoded(password)}`;
  return ['Authorization', `Basic ${Buffer.from(login).toString('base64')}`];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // it has a % that encodes nothing
  }
}

/** @returns the function's end-to-end headers, and those that OpenFaaS's queue-worker adds to a callback */
function callbackHeaders(record: CallRecord, answer: CallAnswer, attempts: number): string[] {
  let headers: readonly string[] = endToEndHeaders(answer.headers);
  for (const name of ['content-length', 'date', 'trailer', 'x-call-id', 'user-agent', 'x-duration-seconds'])
    headers = withoutHeader(headers, name);
  return [
    ...headers,
    'X-Call-Id',
    record.callId,
    'X-Function-Name',
    record.calledAs,
    'X-Function-Status',
    String(answer.status),
    'X-Duration-Seconds',
    answer.seconds.toFixed(6),
    'X-Retry',
    String(record.tries),
    'X-Retry-Max',
    String(attempts),
    'User-Agent',
    `of-gateway-queue-worker/${RELEASE}`,
  ];
}
