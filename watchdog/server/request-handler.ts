import { IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../common/duration.ts';
import type { HttpError } from '../../common/http/http-error.ts';
import { messageOf } from '../../common/errors.ts';
import { RequestError } from '../errors.ts';
import { Exchange } from '../../common/http/exchange/exchange.ts';
import type { ExchangeRequest, ExchangeResponse } from '../../common/http/exchange/message.ts';
import type { ServedRequest } from '../../common/http/exchange/served-request.ts';
import type { Logger } from '../log/logger.ts';
import { refuseUpgrade, type UpgradeOutcome } from '../../common/http/proxy/upgrade.ts';
import type { Runner } from '../runners/runner.ts';
import type { Mode } from '../settings/setting.ts';
import type { Settings } from '../settings/table.ts';
import type { JwtAuth } from './auth/jwt-auth.ts';
import { refusalHeaders } from './auth/refusal.ts';
import type { ClientErrors } from '../../common/http/server/client-errors.ts';
import { cleanReference } from './clean-reference.ts';
import { OpenRequests } from '../../common/http/server/open-requests.ts';
import { framingFault } from '../../common/http/server/framing.ts';
import { answerEmpty, type Health } from './health.ts';
import type { Limiter } from './limiter.ts';
import { watchdogManner } from '../manner.ts';
import type { HttpMetrics } from './metrics/http-metrics.ts';

/** Modes whose line in the log has the status with its reason. */
const WITH_REASON: ReadonlySet<Mode> = new Set(['http', 'static', 'inproc']);

/** Modes whose function gets the path decoded. */
const DECODING: ReadonlySet<Mode> = new Set(['streaming', 'serializing', 'classic']);

function hasDots(location: string): RequestError {
  return new RequestError('PATH_HAS_DOTS', `the path has dot segments, without them it is ${location}`);
}

/** The path of a request to the watchdog itself: in most cases there is none. */
function ownPath(target = ''): string | undefined {
  if (!target.includes('/_/')) return undefined;
  return /^(?:https?:\/\/[^/?#]*)?(\/_\/[^?#]*)/i.exec(target)?.[1];
}

/** Whether a request is for what the watchdog says of itself, whatever else it asks for. */
export function isForItself({ url }: ExchangeRequest): boolean {
  const path = ownPath(url);
  return path === '/_/health' || path === '/_/ready';
}

export interface RequestHandlerParts {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly runner: Runner;
  readonly health: Health;
  readonly limiter: Limiter;
  readonly metrics: HttpMetrics;
  readonly clientErrors: ClientErrors;
  readonly auth: JwtAuth | undefined;
}

/** Takes every request: the watchdog's own endpoints, then limit, authentication, and the function. */
export class RequestHandler {
  readonly #parts: RequestHandlerParts;
  readonly #showsReason: boolean;
  readonly #open = new OpenRequests();

  constructor(parts: RequestHandlerParts) {
    this.#parts = parts;
    this.#showsReason = WITH_REASON.has(parts.settings.mode);
  }

  /** Requests that are being served now; upgraded connections are not among them. */
  get open(): number {
    return this.#open.count;
  }

  /** From now on every response closes its connection. Resolves when none is left, or after `deadlineMs`. */
  close(deadlineMs: number): Promise<void> {
    return this.#open.close(deadlineMs);
  }

  readonly handle = (request: ExchangeRequest, response: ExchangeResponse): void => {
    this.#handle(request, response, false);
  };

  /** For a request with `Expect: 100-continue`. */
  readonly handleExpecting = (request: ExchangeRequest, response: ExchangeResponse): void => {
    this.#handle(request, response, true);
  };

  /** For a request with an `Expect` that is none of HTTP's (RFC 9110, section 10.1.1). */
  readonly refuseExpectation = (request: IncomingMessage, response: ServerResponse): void => {
    if (this.#parts.clientErrors.isGivenUp(request.socket)) return;
    const exchange = this.#begin(request, response, { expectsContinue: true, isCounted: true });
    const text = `Expect: ${request.headers.expect ?? ''} cannot be met, 100-continue can`;
    exchange.fail(framingFault(request) ?? new RequestError('EXPECTATION_UNKNOWN', text));
  };

  #handle(request: ExchangeRequest, response: ExchangeResponse, expectsContinue: boolean): void {
    const { socket } = request;
    if (socket.writableEnded || this.#parts.clientErrors.isGivenUp(socket)) return; // it is being closed
    if (this.#open.isClosing) response.shouldKeepAlive = false;
    const { health } = this.#parts;
    const fault = framingFault(request);
    const path = ownPath(request.url);
    if (path !== undefined && !fault) {
      this.#limitAnswer(request.socket, response);
      if (path === '/_/health') return health.answer(request, response);
      if (path === '/_/ready') return void this.#answerReady(request, response);
    }
    const exchange = this.#begin(request, response, { expectsContinue, isCounted: true });
    if (fault) {
      this.#parts.clientErrors.giveUp(request.socket);
      return exchange.fail(fault);
    }
    const location = this.#withoutDots(request);
    if (location !== undefined) return exchange.fail(hasDots(location), ['Location', location]);
    this.#admit(exchange);
  }

  /** An answer that is no exchange has no limit on its time but this. */
  #limitAnswer(socket: Socket, response: ExchangeResponse): void {
    const timer = setTimeout(() => socket.destroy(), timerDelay(this.#parts.settings.writeTimeout));
    response.once('close', () => clearTimeout(timer));
  }

  /** Files are served by a library that has a rule of its own. */
  #withoutDots({ url = '' }: ExchangeRequest): string | undefined {
    const { mode } = this.#parts.settings;
    return mode === 'static' ? undefined : cleanReference(url, DECODING.has(mode));
  }

  /** Limit, then authentication, then the function: the order of of-watchdog. */
  #admit(exchange: ServedRequest): void {
    const { limiter, auth } = this.#parts;
    const excess = limiter.enter();
    if (excess) return exchange.fail(excess, refusalHeaders(excess));
    exchange.onSettled(() => limiter.leave());
    if (!auth) return this.#run(exchange);
    void auth.check(exchange.request.headers).then((refusal) => {
      if (refusal) exchange.fail(refusal, refusalHeaders(refusal));
      else this.#run(exchange);
    });
  }

  /** Whatever a request makes a runner throw ends that request alone. */
  #run(exchange: ServedRequest): void {
    try {
      this.#parts.runner.run(exchange);
    } catch (thrown) {
      exchange.fail(new RequestError('INTERNAL', messageOf(thrown), { cause: thrown }));
    }
  }

  /** `/_/ready`: as health, then the limit, then whether the function would serve, then what it says itself. */
  async #answerReady(request: ExchangeRequest, response: ExchangeResponse): Promise<void> {
    const { health, limiter, runner, settings } = this.#parts;
    if (request.method !== 'GET') return answerEmpty(request, response, 405, ['Allow', 'GET']);
    if (!health.isHealthy) return answerEmpty(request, response, 503);
    if (limiter.isMet) return answerEmpty(request, response, 429);
    if (!(await runner.isReady())) return answerEmpty(request, response, 503);
    if (settings.readyPath === undefined) return answerEmpty(request, response, 200);
    this.#run(this.#begin(request, response, { target: settings.readyPath, isCounted: false }));
  }

  #begin(
    request: ExchangeRequest,
    response: ExchangeResponse,
    options: { expectsContinue?: boolean; target?: string; isCounted: boolean },
  ): ServedRequest {
    const { runner, settings, clientErrors } = this.#parts;
    const { readTimeout, writeTimeout } = settings;
    const all = { manner: watchdogManner, readTimeout, writeTimeout, ...options };
    const isByNode = request instanceof IncomingMessage && response instanceof ServerResponse;
    const exchange =
      (isByNode && runner.begin?.(request, response, all)) || new Exchange(request, response, all);
    this.#open.began();
    clientErrors.began(exchange);
    exchange.onSettled(() => this.#settled(exchange, options.isCounted));
    return exchange;
  }

  #settled(exchange: ServedRequest, isCounted: boolean): void {
    const { metrics } = this.#parts;
    const { status, failure, seconds } = exchange;
    if (isCounted) metrics.count(status, exchange.method, seconds);
    if (failure) this.#logFailure(failure);
    const reason = failure ? STATUS_CODES[status] : exchange.response.statusMessage;
    const outcome = { status, reason, bytes: exchange.bytesSent, seconds, failure };
    this.#logAccess(exchange.request, outcome, exchange.method, exchange.requestTarget);
    this.#open.ended();
  }

  /** CONNECT asks for a tunnel, which a function is not. */
  refuseConnect(request: IncomingMessage, socket: Socket): void {
    socket.on('error', () => undefined);
    const failure = new RequestError('METHOD_NOT_ALLOWED', 'CONNECT is for proxies');
    refuseUpgrade(socket, watchdogManner, failure);
    this.#parts.metrics.count(failure.status, 'CONNECT', 0);
    this.#logAccess(request, {
      status: failure.status,
      reason: STATUS_CODES[405],
      bytes: 0,
      seconds: 0,
      failure,
    });
  }

  /** Serves a request for an upgraded connection, to its end. */
  async upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const { metrics, limiter } = this.#parts;
    const startedAt = performance.now();
    socket.on('error', () => undefined); // its close is waited for
    const location = this.#withoutDots(request);
    const refusal = framingFault(request) ?? (location === undefined ? limiter.enter() : hasDots(location));
    const outcome = refusal
      ? this.#refuse(socket, refusal, location)
      : await this.#carry(request, socket, head).finally(() => limiter.leave());
    const { status, bytes, failure } = outcome;
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.count(status, request.method ?? 'GET', seconds);
    if (failure) this.#logFailure(failure);
    this.#logAccess(request, { status, reason: STATUS_CODES[status], bytes, seconds, failure });
  }

  async #carry(request: IncomingMessage, socket: Socket, head: Buffer): Promise<UpgradeOutcome> {
    const { auth, runner } = this.#parts;
    const refusal = await auth?.check(request.headers);
    if (refusal) return this.#refuse(socket, refusal);
    try {
      if (runner.upgrade) return await runner.upgrade(request, socket, head);
      throw new Error('this mode upgrades no connection');
    } catch (thrown) {
      return this.#refuse(socket, new RequestError('INTERNAL', messageOf(thrown), { cause: thrown }));
    }
  }

  #refuse(socket: Socket, failure: HttpError, location?: string): UpgradeOutcome {
    const isMoved = failure.code === 'PATH_HAS_DOTS' && location !== undefined;
    const headers = isMoved ? ['Location', location] : refusalHeaders(failure);
    refuseUpgrade(socket, watchdogManner, failure, headers);
    return { status: failure.status, bytes: 0, failure };
  }

  #logFailure({ code, message }: HttpError): void {
    if (code === 'LIMIT_EXCEEDED' || code === 'PATH_HAS_DOTS') return; // its line in the log tells all
    this.#parts.logger.error(message.replaceAll('\n', ' '), { code });
  }

  #logAccess(
    request: ExchangeRequest,
    {
      status,
      reason,
      bytes,
      seconds,
      failure,
    }: UpgradeOutcome & { reason: string | undefined; seconds: number },
    method = request.method ?? '',
    target = request.url ?? '', // of the moment: a function in this process may have changed it since
  ): void {
    const { headers } = request;
    if (headers['user-agent']?.startsWith('kube-probe')) return; // the kubelet's probes would flood the log
    const callId = headers['x-call-id'];
    this.#parts.logger.access({
      method,
      target,
      status,
      statusText: this.#showsReason && reason ? `${status} ${reason}` : String(status),
      bytes,
      seconds,
      callId: Array.isArray(callId) ? callId[0] : callId,
      failure: failure?.message,
    });
  }
}
