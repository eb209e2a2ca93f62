import { randomUUID } from 'node:crypto';
import { formatDuration } from '../../common/duration.ts';
import { messageOf } from '../../common/errors.ts';
import { Exchange } from '../../common/http/exchange/exchange.ts';
import type { ExchangeRequest, ExchangeResponse } from '../../common/http/exchange/message.ts';
import type { ServedRequest } from '../../common/http/exchange/served-request.ts';
import type { HttpError } from '../../common/http/http-error.ts';
import type { Manner } from '../../common/http/manner.ts';
import type { Upstream } from '../../common/http/upstream/upstream.ts';
import { GatewayError, requestErrorOf } from '../errors.ts';
import { qualifiedName } from '../functions/function-name.ts';
import type { Endpoint, Endpoints, Place } from '../routing/endpoints.ts';
import { callHeaders, finishAnswer, givenCallId } from './call-headers.ts';
import type { Invocation, InvocationLimits, InvocationObserver } from './invocation.ts';
import { gatewayManner } from './manner.ts';
import { PlaceSearch } from './place-search.ts';
import { startTime } from './start-time.ts';

/** The parts of the gateway that all calls share. */
export interface CallContext {
  readonly endpoints: Endpoints;
  readonly limits: InvocationLimits;
  readonly observer: InvocationObserver;
  readonly upstreamOf: (endpoint: Endpoint) => Upstream;
}

/** One call of a function: waits for an instance, forwards the request, and counts the call. */
export class FunctionCall implements Manner {
  readonly component = gatewayManner.component;
  readonly #context: CallContext;
  readonly #invocation: Invocation;
  readonly #label: string;
  readonly #exchange: Exchange;
  readonly #callId: string;
  readonly #startTime = startTime();
  #place: Place | undefined;
  #search: PlaceSearch | undefined;
  #isCounted = false;

  constructor(
    context: CallContext,
    request: ExchangeRequest,
    response: ExchangeResponse,
    invocation: Invocation,
  ) {
    const { readTimeout, writeTimeout, upstreamTimeout } = context.limits;
    this.#context = context;
    this.#invocation = invocation;
    this.#label = qualifiedName(invocation.name);
    this.#callId = givenCallId(request.rawHeaders) ?? randomUUID();
    this.#exchange = new Exchange(request, response, {
      manner: this,
      readTimeout,
      writeTimeout,
      limitsWaitsAlone: true,
      target: invocation.target,
      expectsContinue: invocation.expectsContinue,
    });
    if (upstreamTimeout > 0) this.#exchange.limitTime('upstream_timeout', upstreamTimeout, this.#onTimeout);
    this.#exchange.onOver(() => this.#place?.release());
    this.#exchange.onSettled(this.#onSettled);
  }

  /** The call as the server follows it. */
  get served(): ServedRequest {
    return this.#exchange;
  }

  /** Begins to serve the call. */
  start(): void {
    const place = this.#context.endpoints.take(this.#invocation.name);
    if (place) this.#send(place);
    else void this.#wait();
  }

  /** Ends the call with an error of the gateway. */
  fail(error: HttpError, headers: readonly string[] = []): void {
    this.#exchange.fail(error, [...headers, 'X-Call-Id', this.#callId, 'X-Start-Time', this.#startTime]);
  }

  upstreamFailed(message: string, cause: unknown): HttpError {
    return gatewayManner.upstreamFailed(`${this.#label}: ${message}`, cause);
  }

  /** Called when the function answers. From here on no timeout limits the call, as answers may be long streams. */
  finishHead(headers: string[], status: number): void {
    this.#exchange.liftLimits();
    finishAnswer(headers, status, { callId: this.#callId, startTime: this.#startTime });
  }

  async #wait(): Promise<void> {
    const waiting = new AbortController();
    this.#exchange.onOver(() => waiting.abort());
    try {
      const place = await this.#context.endpoints.wait(this.#invocation.name, waiting.signal);
      if (this.#exchange.isOver) place.release();
      else this.#send(place);
    } catch (thrown) {
      if (!this.#exchange.isOver) this.fail(requestErrorOf(thrown));
    }
  }

  #send(place: Place): void {
    this.#place = place;
    this.#count();
    const { endpoint } = place;
    const { request } = this.#exchange;
    const headers = callHeaders(request.rawHeaders, {
      callId: this.#callId,
      startTime: this.#startTime,
      remoteAddress: withoutMapping(request.socket.remoteAddress ?? ''),
      authority: authorityOf(endpoint),
    });
    const head = {
      method: this.#exchange.method,
      path: endpoint.basePath + this.#invocation.target,
      headers,
    };
    this.#context.upstreamOf(endpoint).forward(this.#exchange, head, this.#elsewhere);
  }

  /** Finds another instance after one took no connection, as it had just ended. */
  readonly #elsewhere = async (error: Error): Promise<Upstream> => {
    const failed = this.#place;
    this.#place = undefined;
    this.#search ??= new PlaceSearch(this.#context.endpoints, this.#invocation.name);
    const waiting = new AbortController();
    this.#exchange.onOver(() => waiting.abort());
    const place = failed && (await this.#search.after(failed, waiting.signal));
    if (!place) throw this.upstreamFailed(untaken(error), error);
    if (this.#exchange.isOver) place.release();
    else this.#place = place;
    return this.#context.upstreamOf(place.endpoint);
  };

  #count(): void {
    if (this.#isCounted) return;
    this.#isCounted = true;
    this.#context.observer.started(this.#label);
  }

  readonly #onTimeout = (): HttpError => {
    const limit = `upstream_timeout of ${formatDuration(this.#context.limits.upstreamTimeout)} passed before`;
    return this.#place
      ? new GatewayError('UPSTREAM_TIMEOUT', `${limit} ${this.#label} had answered`)
      : new GatewayError('START_TIMEOUT', `${limit} an instance of ${this.#label} was ready`);
  };

  readonly #onSettled = (): void => {
    if (this.#isCounted)
      this.#context.observer.ended(this.#label, this.#exchange.status, this.#exchange.seconds);
  };
}

/** @returns the text of the error for a call whose connection no instance takes */
export function untaken(error: Error): string {
  return `its instances take no connection (${messageOf(error)})`;
}

/** @returns an address; for an IPv4 address of an IPv6 socket (::ffff:1.2.3.4), the IPv4 address */
export function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

export function authorityOf({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
