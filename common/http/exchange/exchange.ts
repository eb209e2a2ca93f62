import { STATUS_CODES, type ServerResponse } from 'node:http';
import { formatDuration } from '../../duration.ts';
import { messageOf } from '../../errors.ts';
import { firstValue } from '../field-lines.ts';
import { exchangeError, type HttpError } from '../http-error.ts';
import { Deadline, type DeadlineOwner } from './deadline.ts';
import { failureHeaders, mustCloseAfter } from './failure-answer.ts';
import type { Manner } from '../manner.ts';
import { MOST_IN_ONE_WRITE, type ExchangeRequest, type ExchangeResponse } from './message.ts';
import { RequestBody, type BodyOwner } from './request-body.ts';
import type { RequestOptions, ServedRequest } from './served-request.ts';

/** Frees the resources of an exchange on the function's side. */
type Release = (reason: HttpError | undefined) => Promise<void> | undefined | void;

/**
 * One request and its response, with their time limits, and with a single end. The first reason to end it wins:
 * everything later finds the exchange over and does nothing.
 */
export class Exchange implements ServedRequest, DeadlineOwner, BodyOwner {
  readonly request: ExchangeRequest;
  readonly response: ExchangeResponse;
  readonly body: RequestBody;
  readonly method: string;
  /** The request target for the function. */
  readonly target: string;
  readonly expectsContinue: boolean;
  readonly #startedAt = performance.now();
  readonly #readTimeout: number;
  readonly #writeTimeout: number;
  readonly #limitsWaitsAlone: boolean;
  readonly #manner: Manner;
  readonly #deadline: Deadline;
  #settlers: (() => void)[] = [];
  #failure: HttpError | undefined;
  #isOver = false;
  #isSettled = false;
  #releases: Release[] = [];
  #bytesSent = 0;
  #head: readonly string[] = [];
  #timeoutError: (() => HttpError) | undefined;

  constructor(request: ExchangeRequest, response: ExchangeResponse, options: RequestOptions) {
    this.request = request;
    this.response = response;
    this.method = request.method ?? 'GET';
    this.target = options.target ?? request.url ?? '/';
    this.expectsContinue = options.expectsContinue === true;
    this.#writeTimeout = options.writeTimeout;
    this.#manner = options.manner;
    this.#deadline = new Deadline(this);
    this.#limitsWaitsAlone = options.limitsWaitsAlone === true;
    if (!this.#limitsWaitsAlone) this.#deadline.limit('write_timeout', options.writeTimeout);
    this.#readTimeout = options.readTimeout;
    this.body = new RequestBody(request, options.readTimeout, this, this.expectsContinue);
    response.on('close', () => this.#onClose());
  }

  /** The client's request target, with bytes of 0x80 and above percent-encoded. */
  get requestTarget(): string {
    return this.request.url ?? '';
  }

  /** Whether the end has been decided. The function can send nothing more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Why it ended early, if it did. */
  get failure(): HttpError | undefined {
    return this.#failure;
  }

  /** How many bytes of the response's body were passed to the connection. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** Seconds since the request's headers were read. */
  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** The status that the client got, or that of the failure if the response was broken off. */
  get status(): number {
    return this.#failure?.status ?? this.response.statusCode;
  }

  /**
   * Adds a limit of `ms` milliseconds from now, known to users by `name`.
   * @param error makes the failure, if it is not the usual 504
   */
  limitTime(name: string, ms: number, error?: () => HttpError): void {
    this.#timeoutError = error;
    this.#deadline.limit(name, ms);
  }

  /** Drops all limits so far, for a response that has begun and may be long. */
  liftLimits(): void {
    if (!this.#isOver) this.#deadline.lift();
  }

  /**
   * Adds a callback that frees resources on the function's side (a process, an upstream's connection) when the exchange
   * is over. It is called once, with the reason if the exchange ended early; immediately if the exchange is already
   * over. An error that the server answers is sent only after the promise that the callback returns.
   */
  onOver(release: Release): void {
    if (this.#isOver) void release(this.#failure);
    else this.#releases.push(release);
  }

  /** Calls back when the last byte was sent, or the connection has closed. The last callback is called first. */
  onSettled(settler: () => void): void {
    this.#settlers.push(settler);
  }

  /**
   * Sends the head.
   * @param headers names and values alternate
   */
  sendHead(status: number, reason: string | undefined, headers: string[]): void {
    if (this.#isOver || this.response.headersSent) return;
    this.#head = headers;
    try {
      if (reason === undefined) this.response.writeHead(status, headers);
      else this.response.writeHead(status, reason, headers);
    } catch (thrown) {
      const text = `the function's response cannot be sent on: ${messageOf(thrown)}`;
      this.failUpstream(text, thrown);
    }
  }

  /** Sends the head without waiting for the body. Node's flushHeaders would send Latin-1 values as UTF-8. */
  flushHead(): void {
    if (this.#isOver) return;
    this.response.write('', 'latin1');
    this.response.socket?.uncork(); // Node corks a chunked response until the end of the tick
  }

  /** @returns false if the client is slower: then wait for `onceDrained` before the next write */
  write(bytes: Buffer): boolean {
    if (this.#isOver) return true;
    this.#bytesSent += bytes.length;
    return this.response.write(bytes);
  }

  onceDrained(resume: () => void): void {
    if (this.#limitsWaitsAlone && !this.#isOver) this.#deadline.restart('write_timeout', this.#writeTimeout);
    this.response.once('drain', () => {
      if (this.#limitsWaitsAlone) this.liftLimits();
      resume();
    });
  }

  /** Ends the response, which is complete then. */
  end(last?: Buffer): void {
    if (this.#isOver) return;
    if (last) this.#bytesSent += last.length;
    this.#over();
    if (last && last.length <= MOST_IN_ONE_WRITE && !this.response.joinsWrites)
      endInOneWrite(this.response, last);
    else this.response.end(last);
    this.body.discard();
  }

  /** Answers with a whole body. */
  respond(status: number, headers: string[], body: Buffer): void {
    if (this.#isOver) return;
    this.response.writeHead(status, [...headers, 'Content-Length', String(body.length)]);
    this.end(this.method === 'HEAD' ? undefined : body);
  }

  /** Answers with a line of text. */
  respondText(status: number, text: string, headers: string[] = []): void {
    this.respond(status, ['Content-Type', 'text/plain; charset=utf-8', ...headers], Buffer.from(`${text}\n`));
  }

  /**
   * Lets a source write the response itself until it is finished.
   * @param response the response of this exchange
   */
  relay(response: ServerResponse, source: { pipe(response: ServerResponse): unknown }): void {
    if (this.#isOver) return;
    const write = response.write.bind(response) as (...args: unknown[]) => boolean;
    response.write = (...args: unknown[]) => {
      this.#bytesSent += Buffer.isBuffer(args[0]) ? args[0].length : 0;
      return write(...args);
    };
    response.once('finish', () => this.#over());
    source.pipe(response);
  }

  /**
   * Ends the exchange early: with an answer of the error's status if nothing was sent yet, else by breaking the
   * response off, so that the client does not take it for complete.
   * @param details follow the error's text in the answer's body
   */
  fail(error: HttpError, headers: readonly string[] = [], details?: Buffer): void {
    if (this.#isOver) return;
    this.#failure = error;
    const waits = this.#over(error);
    if (this.response.headersSent) this.#breakOff();
    else if (waits.length === 0) this.#answer(error, headers, details);
    else void Promise.all(waits).then(() => this.#answer(error, headers, details));
  }

  /** Ends the exchange, as the upstream could not be reached, broke off, or did not answer in HTTP. */
  failUpstream(text: string, cause: unknown): void {
    this.fail(this.#manner.upstreamFailed(text, cause));
  }

  /** Adds the server's own headers to a head that it relays. */
  finishHead(headers: string[], status: number): void {
    this.#manner.finishHead(headers, status, this.seconds);
  }

  #answer(error: HttpError, headers: readonly string[], details: Buffer | undefined): void {
    if (this.#isSettled) return;
    const text = Buffer.from(`${error.message}\n`);
    const body = details ? Buffer.concat([text, details]) : text;
    this.#bytesSent = this.method === 'HEAD' ? 0 : body.length;
    const all = failureHeaders(this.#manner.component, body.length, this.seconds, headers);
    if (mustCloseAfter(error, this.request.complete, this.expectsContinue)) all.push('Connection', 'close');
    this.response.writeHead(error.status, STATUS_CODES[error.status] ?? '', all);
    this.response.end(body);
    this.body.discard();
  }

  /** @returns the promises that an answer has to wait for */
  #over(reason?: HttpError): Promise<void>[] {
    this.#isOver = true;
    // now only a client that does not read can keep the exchange open
    if (this.#limitsWaitsAlone && !this.#isSettled)
      this.#deadline.restart('write_timeout', this.#writeTimeout);
    const releases = this.#releases;
    this.#releases = [];
    const waits: Promise<void>[] = [];
    for (const release of releases) {
      const wait = release(reason);
      if (wait) waits.push(wait);
    }
    return waits;
  }

  /**
   * Breaks the response off. Without a length or chunks, the end of the connection would look like the end of the body;
   * then the connection is reset.
   */
  #breakOff(): void {
    const { response } = this;
    const hasLength = firstValue(this.#head, 'content-length') !== undefined;
    const isDelimited = response.chunkedEncoding || response.hasHeader('content-length') || hasLength;
    if (isDelimited || !response.socket) response.destroy();
    else response.socket.resetAndDestroy();
  }

  onDeadline(name: string, ms: number): void {
    if (this.#isOver) return this.#onClientSlow(name);
    if (name !== 'write_timeout' && this.#timeoutError) return this.fail(this.#timeoutError());
    const stage = this.response.headersSent ? 'the response was whole' : 'the function had answered';
    const code = name === 'write_timeout' ? 'WRITE_TIMEOUT' : 'EXEC_TIMEOUT';
    this.fail(exchangeError(code, `${name} of ${formatDuration(ms)} passed before ${stage}`));
  }

  /** Handles a client that is slow: the function is done, but the client has not read the rest. */
  #onClientSlow(name: string): void {
    if (this.#limitsWaitsAlone) name = 'write_timeout';
    const left = this.#writeTimeout - this.seconds * 1000;
    if (name !== 'write_timeout' && left > 0) return this.#deadline.restart('write_timeout', left);
    const time = formatDuration(this.#writeTimeout);
    this.#failure ??= exchangeError(
      'WRITE_TIMEOUT',
      `write_timeout of ${time} passed before the response was read`,
    );
    this.#breakOff();
  }

  sendContinue(): void {
    this.response.writeContinue();
  }

  onStalled(): void {
    if (this.#isOver) {
      this.request.socket.destroySoon(); // it was answered, and the rest of its body is not needed
      return;
    }
    const time = formatDuration(this.#readTimeout);
    this.fail(
      exchangeError('BODY_STALLED', `read_timeout of ${time} passed before the request's body was whole`),
    );
  }

  #onClose(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#deadline.clear();
    if (!this.#isOver) {
      this.#failure = exchangeError('CLIENT_GONE', 'client went away before the response was whole');
      this.#over(this.#failure);
    } else if (!this.#failure && !this.response.writableFinished) {
      this.#failure = exchangeError('CLIENT_GONE', 'client went away before the response was whole');
    }
    if (this.request.complete || this.request.destroyed) this.body.stop();
    for (let at = this.#settlers.length - 1; at >= 0; at -= 1) this.#settlers[at]?.();
  }
}

/**
 * Ends a response with a small body in one write. Node joins the head with a text to one string, so the bytes are
 * passed as Latin-1 characters. The text is written before the end, as end() would add an empty chunk to the corked
 * parts and make the write a writev, which costs three times as much (a fifth of the CPU of a request in http mode).
 */
function endInOneWrite(response: ExchangeResponse, body: Buffer): void {
  const { socket } = response;
  const text = body.toString('latin1');
  if (!socket) {
    response.end(body); // another response comes first on this connection
    return;
  }
  socket.cork();
  response.write(text, 'latin1');
  socket.uncork();
  response.end();
}
