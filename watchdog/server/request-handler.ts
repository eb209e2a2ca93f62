import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../common/duration.ts';
import type { ExchangeRequest, ExchangeResponse } from '../../common/http/exchange/message.ts';
import type { RequestOptions, ServedRequest } from '../../common/http/exchange/served-request.ts';
import type { ClientErrors } from '../../common/http/server/client-errors.ts';
import { framingFault } from '../../common/http/server/framing.ts';
import { OpenRequests } from '../../common/http/server/open-requests.ts';
import { refuseUpgrade } from '../../common/http/upstream/upgrade.ts';
import { internalError, RequestError } from '../errors.ts';
import { watchdogManner } from '../manner.ts';
import type { Mode } from '../modes/mode.ts';
import type { BegunRequest, Runner } from '../modes/runner.ts';
import type { Settings } from '../settings/table.ts';
import type { JwtAuth } from './auth/jwt-auth.ts';
import { refusalHeaders } from './auth/refusal.ts';
import { dotsFault, withoutDots } from './clean-reference.ts';
import { answerEmpty, type Health } from './health.ts';
import type { Limiter } from './limiter.ts';
import type { HttpMetrics } from './metrics/http-metrics.ts';
import type { RequestLog } from './request-log.ts';

/** The path of a request to the watchdog itself. Most requests have none. */
function ownPath(target = ''): string | undefined {
  if (!target.includes('/_/')) return undefined;
  return /^(?:https?:\/\/[^/?#]*)?(\/_\/[^?#]*)/i.exec(target)?.[1];
}

/** Whether a request asks for the watchdog's health or readiness, whatever its other headers ask for. */
export function isForItself({ url }: ExchangeRequest): boolean {
  const path = ownPath(url);
  return path === '/_/health' || path === '/_/ready';
}

/** Begins one request, as Node's server or the fast path has read it. */
type Begin<Request extends ExchangeRequest, Response extends ExchangeResponse> = (
  request: Request,
  response: Response,
  options: RequestOptions,
) => BegunRequest;

export interface RequestHandlerParts {
  readonly settings: Settings;
  readonly mode: Mode;
  readonly log: RequestLog;
  readonly runner: Runner;
  readonly health: Health;
  readonly limiter: Limiter;
  readonly metrics: HttpMetrics;
  readonly clientErrors: ClientErrors;
  readonly auth: JwtAuth | undefined;
}

/** Takes every request: first the watchdog's own endpoints, then limit and authentication, then the function. */
export class RequestHandler {
  readonly #parts: RequestHandlerParts;
  readonly #open = new OpenRequests();

  /** The options that all requests share. */
  readonly #options: RequestOptions;
  readonly #begin: Begin<IncomingMessage, ServerResponse>;

  constructor(parts: RequestHandlerParts) {
    this.#parts = parts;
    const { readTimeout, writeTimeout } = parts.settings;
    this.#options = { manner: watchdogManner, readTimeout, writeTimeout };
    this.#begin = (request, response, options) => parts.runner.begin(request, response, options);
  }

  /** Requests that are being served now; upgraded connections are not among them. */
  get open(): number {
    return this.#open.count;
  }

  /** From now on every response closes its connection. Resolves when none is left, or after `deadlineMs`. */
  drain(deadlineMs: number): Promise<void> {
    return this.#open.drain(deadlineMs);
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#handle(request, response, this.#options, this.#begin);
  };

  /** For a request with `Expect: 100-continue`. */
  readonly handleExpecting = (request: IncomingMessage, response: ServerResponse): void => {
    this.#handle(request, response, { ...this.#options, expectsContinue: true }, this.#begin);
  };

  /** @returns takes the requests of the fast path */
  handleFast(
    begin: NonNullable<Runner['beginFast']>,
  ): (request: ExchangeRequest, response: ExchangeResponse) => void {
    return (request, response) => this.#handle(request, response, this.#options, begin);
  }

  /** For a request with an `Expect` that HTTP does not define (RFC 9110, section 10.1.1). */
  readonly refuseExpectation = (request: IncomingMessage, response: ServerResponse): void => {
    if (this.#parts.clientErrors.isGivenUp(request.socket)) return;
    const options = { ...this.#options, expectsContinue: true };
    const { exchange } = this.#follow(this.#begin(request, response, options), true);
    const text = `Expect: ${request.headers.expect ?? ''} cannot be met, 100-continue can`;
    exchange.fail(framingFault(request) ?? new RequestError('EXPECTATION_UNKNOWN', text));
  };

  #handle<Request extends ExchangeRequest, Response extends ExchangeResponse>(
    request: Request,
    response: Response,
    options: RequestOptions,
    begin: Begin<Request, Response>,
  ): void {
    const { socket } = request;
    if (socket.writableEnded || this.#parts.clientErrors.isGivenUp(socket)) return; // it is being closed
    if (this.#open.isClosing) response.shouldKeepAlive = false;
    const { health } = this.#parts;
    const fault = framingFault(request);
    const path = ownPath(request.url);
    if (path !== undefined && !fault) {
      this.#limitAnswer(request.socket, response);
      if (path === '/_/health') return health.answer(request, response);
      if (path === '/_/ready') return void this.#answerReady(request, response, begin);
    }
    const begun = this.#follow(begin(request, response, options), true);
    const { exchange } = begun;
    if (fault) {
      this.#parts.clientErrors.giveUp(request.socket);
      return exchange.fail(fault);
    }
    const location = withoutDots(this.#parts.mode, request);
    if (location !== undefined) return exchange.fail(dotsFault(location), ['Location', location]);
    this.#admit(begun);
  }

  /** Limits the time of an answer that is not an exchange, which no other limit covers. */
  #limitAnswer(socket: Socket, response: ExchangeResponse): void {
    const timer = setTimeout(() => socket.destroy(), timerDelay(this.#parts.settings.writeTimeout));
    response.once('close', () => clearTimeout(timer));
  }

  /** Limit, then authentication, then the function: the order of of-watchdog. */
  #admit(begun: BegunRequest): void {
    const { limiter, auth } = this.#parts;
    const { exchange } = begun;
    const excess = limiter.enter();
    if (excess) return exchange.fail(excess, refusalHeaders(excess));
    exchange.onSettled(() => limiter.leave());
    if (!auth) return this.#run(begun);
    void auth.check(exchange.request.headers).then((refusal) => {
      if (refusal) exchange.fail(refusal, refusalHeaders(refusal));
      else this.#run(begun);
    });
  }

  /** Runs a request. An error of the runner ends that request alone. */
  #run(begun: BegunRequest): void {
    try {
      begun.run();
    } catch (thrown) {
      begun.exchange.fail(internalError(thrown));
    }
  }

  /**
   * Answers `/_/ready`: health first, then the limit, then whether the runner is ready, then the function's own answer.
   */
  async #answerReady<Request extends ExchangeRequest, Response extends ExchangeResponse>(
    request: Request,
    response: Response,
    begin: Begin<Request, Response>,
  ): Promise<void> {
    const { health, limiter, runner, settings } = this.#parts;
    if (request.method !== 'GET') return answerEmpty(request, response, 405, ['Allow', 'GET']);
    if (!health.isHealthy) return answerEmpty(request, response, 503);
    if (limiter.isMet) return answerEmpty(request, response, 429);
    if (!(await runner.isReady())) return answerEmpty(request, response, 503);
    if (settings.readyPath === undefined) return answerEmpty(request, response, 200);
    const options = { ...this.#options, target: settings.readyPath };
    this.#run(this.#follow(begin(request, response, options), false));
  }

  /** Follows a request to its end. @param isCounted whether it is one of those that the metrics count */
  #follow(begun: BegunRequest, isCounted: boolean): BegunRequest {
    const { exchange } = begun;
    this.#open.began();
    this.#parts.clientErrors.began(exchange);
    exchange.onSettled(() => this.#settled(exchange, isCounted));
    return begun;
  }

  #settled(exchange: ServedRequest, isCounted: boolean): void {
    const { metrics, log } = this.#parts;
    const { status, failure, seconds } = exchange;
    if (isCounted) metrics.count(status, exchange.method, seconds);
    if (failure) log.failure(failure);
    const reason = failure ? STATUS_CODES[status] : exchange.response.statusMessage;
    const outcome = { status, reason, bytes: exchange.bytesSent, seconds, failure };
    log.access(exchange.request, outcome, exchange.method, exchange.requestTarget);
    this.#open.ended();
  }

  /** Refuses CONNECT, which asks for a tunnel: the function is not a proxy. */
  refuseConnect(request: IncomingMessage, socket: Socket): void {
    socket.on('error', () => undefined);
    const failure = new RequestError('METHOD_NOT_ALLOWED', 'CONNECT is not supported: this is no proxy');
    refuseUpgrade(socket, watchdogManner, failure);
    const { status } = failure;
    const { metrics, log } = this.#parts;
    metrics.count(status, 'CONNECT', 0);
    log.access(request, { status, reason: STATUS_CODES[status], bytes: 0, seconds: 0, failure });
  }
}
