import { randomUUID } from 'node:crypto';
import { Exchange } from '../../common/http/exchange/exchange.ts';
import { GatheredBytes } from '../../common/http/exchange/gathered-bytes.ts';
import type { ExchangeRequest, ExchangeResponse } from '../../common/http/exchange/message.ts';
import type { ServedRequest } from '../../common/http/exchange/served-request.ts';
import { firstValue } from '../../common/http/field-lines.ts';
import { endToEndHeaders } from '../../common/http/upstream/headers.ts';
import { GatewayError, requestErrorOf } from '../errors.ts';
import { readFunctionName, type FunctionName } from '../functions/function-name.ts';
import { unknownFunction } from '../functions/unknown-function.ts';
import { givenCallId } from '../invoke/call-headers.ts';
import { gatewayManner } from '../invoke/manner.ts';
import { startTime } from '../invoke/start-time.ts';
import type { CallQueue } from './call-queue.ts';

export interface SubmissionsParts {
  readonly queue: CallQueue;
  /** The annotations of a function; undefined where it is not deployed. */
  readonly annotationsOf: (name: FunctionName) => Promise<Readonly<Record<string, string>> | undefined>;
  readonly defaultNamespace: string;
  readonly defaultQueue: string;
  /** The largest body, in bytes. */
  readonly largestBody: number;
  /** How many bytes all bodies that are being received or written may have together. */
  readonly mostReceived: number;
  /** Whether a call of a function that is not deployed is refused at once. */
  readonly isStrict: boolean;
  readonly readTimeout: number;
  readonly writeTimeout: number;
}

/** Retry-After for a queue that is full or cannot be reached, in seconds. */
const RETRY_AFTER = '5';

/** Serves /async-function/: accepts queued calls by POST, and cancels them by DELETE. */
export class Submissions {
  readonly #parts: SubmissionsParts;
  #received = 0;

  constructor(parts: SubmissionsParts) {
    this.#parts = parts;
  }

  handle(
    request: ExchangeRequest,
    response: ExchangeResponse,
    { name, target, expectsContinue }: { name: string; target: string; expectsContinue: boolean },
  ): ServedRequest {
    const { readTimeout, writeTimeout } = this.#parts;
    const exchange = new Exchange(request, response, {
      manner: gatewayManner,
      readTimeout,
      writeTimeout,
      limitsWaitsAlone: true,
      expectsContinue,
    });
    void this.#serve(exchange, name, target).catch((thrown: unknown) => fail(exchange, thrown));
    return exchange;
  }

  async #serve(exchange: Exchange, name: string, target: string): Promise<void> {
    const isCall = target === '/'; // with a further path, the name is a function and not the id of a call
    if (exchange.method === 'DELETE' && isCall) return this.#cancel(exchange, name);
    if (exchange.method !== 'POST') {
      const text = `/async-function/ accepts POST, not ${exchange.method}; DELETE /async-function/CALL-ID cancels a call`;
      return exchange.fail(new GatewayError('METHOD_NOT_ALLOWED', text), [
        'Allow',
        isCall ? 'POST, DELETE' : 'POST',
      ]);
    }
    const { queue, defaultQueue } = this.#parts;
    const function_ = readFunctionName(name, this.#parts.defaultNamespace);
    const headers = endToEndHeaders(exchange.request.rawHeaders);
    const callbackUrl = readCallbackUrl(firstValue(headers, 'x-callback-url'));
    const annotations = await this.#parts.annotationsOf(function_);
    if (!annotations && this.#parts.isStrict) throw unknownFunction(function_);
    const body = await this.#readBody(exchange);
    const callId = givenCallId(headers) ?? randomUUID();
    const began = startTime();
    await queue.submit({
      callId,
      name: function_,
      calledAs: name,
      queue: annotations?.['com.openfaas.queue'] || defaultQueue,
      content: { target, headers, body, ...(callbackUrl !== undefined && { callbackUrl }) },
    });
    exchange.respond(202, ['X-Call-Id', callId, 'X-Start-Time', began], Buffer.alloc(0));
  }

  async #cancel(exchange: Exchange, callId: string): Promise<void> {
    if (!(await this.#parts.queue.cancel(callId)))
      throw new GatewayError('CALL_UNKNOWN', `no call ${callId} waits or runs here`);
    exchange.respond(202, [], Buffer.alloc(0));
  }

  /** Reads the whole body. Never settles where the caller disconnects first, as the exchange has ended then. */
  async #readBody(exchange: Exchange): Promise<Buffer> {
    const { body, request } = exchange;
    const { largestBody, mostReceived } = this.#parts;
    const tooLarge = (): GatewayError =>
      new GatewayError('BODY_TOO_LARGE', `the body is larger than async_max_body of ${largestBody} bytes`);
    const tooMany = (): GatewayError =>
      new GatewayError(
        'QUEUE_FULL',
        `calls with more than ${mostReceived} bytes together are being received: try again later`,
      );
    if (!body.isAnnounced) return Buffer.alloc(0);
    if (Number(request.headers['content-length'] ?? 0) > largestBody) throw tooLarge();
    return new Promise((resolve, reject) => {
      const bytes = new GatheredBytes();
      let length = 0;
      exchange.onSettled(() => (this.#received -= length));
      body.flowInto({
        chunk: (chunk) => {
          length += chunk.length;
          this.#received += chunk.length;
          if (length > largestBody) reject(tooLarge());
          else if (this.#received > mostReceived) reject(tooMany());
          else bytes.push(chunk);
          return true;
        },
        end: () => resolve(bytes.bytes()),
      });
    });
  }
}

function fail(exchange: Exchange, thrown: unknown): void {
  const error = requestErrorOf(thrown);
  const isForNow = error.code === 'QUEUE_FULL' || error.code === 'QUEUE_UNREACHABLE';
  exchange.fail(error, isForNow ? ['Retry-After', RETRY_AFTER] : []);
}

/** @throws GatewayError REQUEST_INVALID */
function readCallbackUrl(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^https?:\/\/[^/\\?#]/i.test(text) && URL.canParse(text)) return text;
  throw new GatewayError(
    'REQUEST_INVALID',
    `X-Callback-Url: ${JSON.stringify(text.slice(0, 200))} is not an http or https URL`,
  );
}
