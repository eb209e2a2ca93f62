import type { Dispatcher } from 'undici';
import { firstValue } from '../../common/http/field-lines.ts';
import { endToEndHeaders, withoutHeader } from '../../common/http/upstream/headers.ts';
import { GatheredBytes } from '../../common/http/exchange/gathered-bytes.ts';
import { messageOf } from '../../common/errors.ts';
import { qualifiedName } from '../functions/function-name.ts';
import { HttpClient } from '../http-client.ts';
import type { CallAnswer, CallContent, CallRecord } from './async-call.ts';
import type { Outcome } from './retry-policy.ts';

/** The result of one try. */
export interface Delivered {
  readonly outcome: Outcome;
  readonly seconds: number;
  /** The answer, if it was wanted, came whole, and is not too large. */
  readonly answer: CallAnswer | undefined;
}

/** The largest answer that is kept for a callback, in bytes. */
const LARGEST_ANSWER = 64 << 20;
/** Stands for a try without an answer. It counts as an error of the platform, so that the call is tried again. */
const NO_ANSWER: Outcome = { status: 502, isInternal: true };

/** Headers that are set again for each try, or belonged to the caller's own connection. */
const NOT_PASSED_ON = ['host', 'content-length', 'expect', 'trailer', 'x-start-time'];

/**
 * Makes queued calls as a client of the gateway, so that they wake functions and are counted and limited as other
 * calls.
 */
export class Delivery {
  readonly #origin: string;
  /** Has no timeouts, as the gateway limits the time of a call. */
  readonly #client = new HttpClient({ headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 4000 });

  /** @param address `HOST:PORT` of the gateway */
  constructor(address: string) {
    this.#origin = `http://${address}`;
  }

  /**
   * Makes one try.
   * @param wantsAnswer decides from the outcome whether the answer's body is kept
   * @param signal aborts the try; then this rejects
   */
  async deliver(
    record: CallRecord,
    content: CallContent,
    wantsAnswer: (outcome: Outcome) => boolean,
    signal: AbortSignal,
  ): Promise<Delivered> {
    const startedAt = performance.now();
    const seconds = (): number => (performance.now() - startedAt) / 1000;
    try {
      const response = await this.#client.send({
        origin: this.#origin,
        path: `/function/${qualifiedName(record.name)}${content.target}`,
        method: 'POST',
        headers: headersFor(record, content),
        body: content.body,
        signal,
        responseHeaders: 'raw',
      });
      const headers = flat(response.headers);
      const outcome = outcomeOf(response.statusCode, headers);
      const body = await read(response.body, wantsAnswer(outcome));
      const answer = body && { status: response.statusCode, seconds: seconds(), headers, body };
      return { outcome, seconds: seconds(), answer };
    } catch (thrown) {
      signal.throwIfAborted();
      return { outcome: { ...NO_ANSWER, reason: messageOf(thrown) }, seconds: seconds(), answer: undefined };
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

function headersFor({ callId }: CallRecord, { headers }: CallContent): string[] {
  let kept: readonly string[] = endToEndHeaders(headers);
  for (const name of [...NOT_PASSED_ON, 'x-call-id']) kept = withoutHeader(kept, name);
  return [...kept, 'X-Call-Id', callId];
}

/** Brings undici's raw headers into one form: they come as pairs or alternating, as text or bytes. */
function flat(raw: unknown): string[] {
  return (raw as unknown[])
    .flat()
    .map((part) => (Buffer.isBuffer(part) ? part.toString('latin1') : String(part)));
}

function outcomeOf(status: number, headers: readonly string[]): Outcome {
  const retryAfter = firstValue(headers, 'retry-after');
  return {
    status,
    isInternal: firstValue(headers, 'x-openfaas-internal') !== undefined,
    ...(retryAfter !== undefined && { retryAfter }),
  };
}

/** Reads a body to its end. @returns its bytes, if they are wanted and not too many */
async function read(body: Dispatcher.ResponseData['body'], isWanted: boolean): Promise<Buffer | undefined> {
  const bytes = new GatheredBytes();
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (isWanted && length <= LARGEST_ANSWER) bytes.push(chunk);
  }
  return isWanted && length <= LARGEST_ANSWER ? bytes.bytes() : undefined;
}
