import { STATUS_CODES, ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { formatDuration, timerDelay } from '../../../common/duration.ts';
import { RequestError } from '../../errors.ts';
import type { BodyWatch } from './body-watch.ts';
import type { Manner } from '../../../common/http/manner.ts';
import { failureHeaders, mustCloseAfter } from '../../../common/http/exchange/failure-answer.ts';
import { hasBegun, isDelimited, watchCalls, watchClose, type ResponseWatcher } from './lent-response.ts';
import type { RequestOptions, ServedRequest } from '../../../common/http/exchange/served-request.ts';
import { asksForEvents, execLimit } from '../time-limits.ts';

/** How long a client that was answered may go on sending a body that nobody reads, in milliseconds. */
const LINGER_MS = 1000;

/**
 * One request whose response is lent to a function in this process. The function has Node's own request and response,
 * with nothing in between, and this watches them. The exchange ends with the response's `close`, whoever causes it.
 * Where a limit passes before the function has begun to answer, the response is taken away from it: to the function
 * this looks as if the client had gone, and the client gets the watchdog's answer.
 */
export class LentExchange implements ServedRequest, ResponseWatcher {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly requestTarget: string;
  readonly #expectsContinue: boolean;
  readonly #writeTimeout: number;
  readonly #manner: Manner;
  readonly #startedAt = performance.now();
  #limit: string;
  #limitMs: number;
  #timer: NodeJS.Timeout;
  /** Set where there is a body to watch. */
  #bodies: BodyWatch | undefined;
  #bytesSent = 0;
  #isLent = false;
  #isBrokenOff = false;
  #isSettled = false;
  #failure: RequestError | undefined;
  #settlers: (() => void)[] = [];

  /**
   * @param execTimeout milliseconds, 0 for none
   * @param bodies keeps read_timeout
   */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    options: RequestOptions,
    execTimeout: number,
    bodies: BodyWatch,
  ) {
    const { headers } = request;
    this.request = request;
    this.response = response;
    this.method = request.method ?? 'GET';
    this.requestTarget = request.url ?? '';
    if (options.target !== undefined) request.url = options.target;
    this.#manner = options.manner;
    this.#expectsContinue = options.expectsContinue === true;
    this.#limitMs = this.#writeTimeout = options.writeTimeout;
    this.#limit = 'write_timeout';
    const exec = asksForEvents(headers) ? undefined : execLimit(execTimeout, headers);
    if (exec && exec.ms < this.#limitMs) {
      this.#limit = exec.name;
      this.#limitMs = exec.ms;
    }
    this.#timer = setTimeout(onDeadline, timerDelay(this.#limitMs), this);
    watchClose(response, this);
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) {
      this.#bodies = bodies;
      bodies.watch(request, () => this.#onStalled(options.readTimeout));
    }
  }

  get failure(): RequestError | undefined {
    return this.#failure;
  }

  get bytesSent(): number {
    const { statusCode } = this.response;
    return this.method === 'HEAD' || statusCode === 204 || statusCode === 304 ? 0 : this.#bytesSent;
  }

  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  get status(): number {
    return this.#failure?.status ?? this.response.statusCode;
  }

  /** Whether nothing more of the function can be sent. */
  get isOver(): boolean {
    return this.#isSettled || this.#failure !== undefined || this.response.writableEnded;
  }

  onSettled(settler: () => void): void {
    this.#settlers.push(settler);
  }

  /** Hands the response to the function. */
  lend(): void {
    const { response, request } = this;
    this.#isLent = true;
    watchCalls(response);
    if (this.#expectsContinue) onceRead(request, () => this.isOver || response.writeContinue());
  }

  fail(error: RequestError, headers: readonly string[] = []): void {
    if (this.isOver) return;
    this.#failure = error;
    if (hasBegun(this.response)) this.#breakOff();
    else if (this.#isLent) this.#answerInstead(error, headers);
    else this.#answer(this.response, error, headers);
  }

  sent(bytes: number): void {
    this.#bytesSent += bytes;
  }

  givenUp(): boolean {
    if (this.isOver || this.response.destroyed) return false;
    if (hasBegun(this.response) || !this.response.socket?.writable) {
      this.#isBrokenOff = true;
      return false;
    }
    this.fail(brokenOff());
    return true;
  }

  closed(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    if (this.request.complete) this.#bodies?.forget(this.request);
    if (!this.#failure && !this.response.writableFinished) {
      this.#failure = this.#isBrokenOff
        ? brokenOff()
        : new RequestError('CLIENT_GONE', 'client went away before the response was whole');
    }
    for (let at = this.#settlers.length - 1; at >= 0; at -= 1) this.#settlers[at]?.();
  }

  limitPassed(): void {
    const { response } = this;
    if (this.#failure || response.writableEnded) return this.#clientSlow();
    const stage = hasBegun(response) ? 'the response was whole' : 'the function had answered';
    const code = this.#limit === 'write_timeout' ? 'WRITE_TIMEOUT' : 'EXEC_TIMEOUT';
    this.fail(
      new RequestError(code, `${this.#limit} of ${formatDuration(this.#limitMs)} passed before ${stage}`),
    );
  }

  /** Deals with a client that is late: the function is done, and the client has yet to read the rest. */
  #clientSlow(): void {
    const left = this.#writeTimeout - this.seconds * 1000;
    if (this.#limit !== 'write_timeout' && left > 0) {
      this.#limit = 'write_timeout';
      this.#timer = setTimeout(onDeadline, timerDelay(left), this);
      return;
    }
    const time = formatDuration(this.#writeTimeout);
    this.#failure ??= new RequestError(
      'WRITE_TIMEOUT',
      `write_timeout of ${time} passed before the response was read`,
    );
    this.#breakOff();
  }

  #onStalled(readTimeout: number): void {
    if (this.isOver) {
      this.request.socket.destroy(); // it was answered, and nobody reads the rest of the client's body
      return;
    }
    const time = formatDuration(readTimeout);
    this.fail(
      new RequestError('BODY_STALLED', `read_timeout of ${time} passed before the request's body was whole`),
    );
  }

  #answer(response: ServerResponse, error: RequestError, headers: readonly string[]): void {
    const { request } = this;
    const body = Buffer.from(`${error.message}\n`);
    this.#bytesSent = body.length;
    const all = failureHeaders(this.#manner.component, body.length, this.seconds, headers);
    if (mustCloseAfter(error, request.complete, this.#expectsContinue)) all.push('Connection', 'close');
    response.writeHead(error.status, STATUS_CODES[error.status] ?? '', all);
    response.end(body);
    if (!request.complete) request.resume(); // so that the client can finish sending, and then read its answer
  }

  /** Takes the response away from the function, and answers on its connection, which then closes. */
  #answerInstead(error: RequestError, headers: readonly string[]): void {
    const { request, response } = this;
    const { socket } = response;
    if (!socket) return;
    const answer = new ServerResponse(request);
    answer.shouldKeepAlive = false;
    response.detachSocket(socket);
    answer.assignSocket(socket);
    answer.once('finish', () => closeSoon(request, socket));
    this.#answer(answer, error, headers);
    // the function's later writes go nowhere; destroy() emits `close` by itself on some Nodes only
    Object.assign(response, { destroyed: true, _closed: true });
    response.emit('close');
  }

  /**
   * Breaks the response off. Without a length or chunks, the end of the connection would look like the end of the body,
   * so the connection is reset.
   */
  #breakOff(): void {
    const { response } = this;
    const { socket } = response;
    if (!socket || isDelimited(response)) ServerResponse.prototype.destroy.call(response);
    else socket.resetAndDestroy();
  }
}

function brokenOff(): RequestError {
  return new RequestError('UPSTREAM_RESET', 'the function broke off before the response was whole');
}

function onDeadline(exchange: LentExchange): void {
  exchange.limitPassed();
}

/** Calls back when the function begins to read a request's body. */
function onceRead(request: IncomingMessage, begin: () => void): void {
  let hasBegun = false;
  const beginOnce = (): void => {
    if (!hasBegun) begin();
    hasBegun = true;
  };
  request.on('newListener', (event) => {
    if (event === 'data' || event === 'readable') beginOnce();
  });
  request.once('resume', beginOnce);
}

/** Closes an answered connection once the client has sent the rest of its body, or LINGER_MS have passed. */
function closeSoon(request: IncomingMessage, socket: Socket): void {
  if (request.complete) {
    socket.destroySoon();
    return;
  }
  const close = (): void => {
    clearTimeout(timer);
    socket.destroySoon();
  };
  const timer = setTimeout(close, LINGER_MS);
  socket.once('close', close);
  request.once('end', close);
  request.resume();
}
