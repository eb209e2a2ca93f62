import { STATUS_CODES } from 'node:http';
import type { Dispatcher } from 'undici';
import { messageOf, systemCodeOf } from '../../../errors.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import type { UndiciConnection, UndiciPool } from './undici-connection.ts';
import { decodeHeaders } from '../headers.ts';
import type { ForwardedBody } from './forwarded-body.ts';
import { relayHead, relayInformation, relayTrailers } from '../relay-head.ts';
import { isIdempotent, mayBeSentAgain, ONE_PIECE } from '../sent-again.ts';

/** Errors of a connection that the upstream has closed. */
const CLOSED: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** undici's error for a 304 with the length of the full response. Such a 304 is correct: it has no body. */
const NO_SUCH_LENGTH = 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';

/** A request as it goes to the upstream. */
export interface ForwardedRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values alternate. */
  readonly headers: string[];
  readonly body: ForwardedBody | undefined;
}

/**
 * Forwards one request by undici, streaming in both directions.
 *
 * A kept-alive connection that the upstream has just closed fails no request: if no byte of a response has come, the
 * request is sent again over a new connection, if its method allows that or the kernel says that the upstream never
 * read it (EPIPE, see connector.ts, or a reset).
 */
export function forwardByUndici(
  exchange: Exchange,
  request: ForwardedRequest,
  connections: UndiciPool,
): void {
  new Forwarding(exchange, request, connections).send(connections.take(isIdempotent(request.method)));
}

class Forwarding implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #request: ForwardedRequest;
  readonly #connections: UndiciPool;
  #connection: UndiciConnection | undefined;
  #mayRetry = false;
  #hasAnswer = false;
  #abort: ((reason?: Error) => void) | undefined;
  #resume: () => void = () => undefined;
  /** The length of the response's body in bytes, if its head says it. */
  #length: number | undefined;
  /** Whether its head says that it has no body. */
  #hasNoBody = false;

  constructor(exchange: Exchange, request: ForwardedRequest, connections: UndiciPool) {
    this.#exchange = exchange;
    this.#request = request;
    this.#connections = connections;
    exchange.onOver((reason) => {
      if (reason) this.#giveUp();
      request.body?.close();
    });
  }

  send(connection: UndiciConnection): void {
    const { method, path, headers, body } = this.#request;
    this.#connection = connection;
    this.#mayRetry = connection.answers > 0;
    connection.dispatch(
      { method: method as Dispatcher.HttpMethod, path, headers, body: body?.open() ?? null },
      this,
    );
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abort = abort;
    if (this.#exchange.isOver) abort();
  }

  onRequestSent(): void {
    if (this.#connection) this.#connection.requestIsOut = true;
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void, reason: string): boolean {
    const headers = decodeHeaders(rawHeaders);
    if (status < 100) throw new Error(`the status ${status} is none`);
    if (status < 200) {
      relayInformation(this.#exchange, status, headers);
      return true;
    }
    this.#hasAnswer = true;
    this.#resume = resume;
    this.#request.body?.forget();
    this.#hasNoBody = this.#request.method === 'HEAD' || status === 204 || status === 304;
    this.#length = relayHead(this.#exchange, status, asLatin1(reason, status), headers);
    process.nextTick(flushHead, this.#exchange);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (chunk.length === this.#length) {
      this.#exchange.end(chunk);
      return true;
    }
    if (this.#exchange.write(chunk)) return true;
    this.#exchange.onceDrained(this.#resume);
    return false;
  }

  onComplete(rawTrailers: string[] | null): void {
    if (rawTrailers && rawTrailers.length > 0) {
      relayTrailers(this.#exchange, decodeHeaders(rawTrailers as unknown as Buffer[]));
    }
    if (this.#connection) this.#connection.answers += 1;
    this.#release();
    this.#exchange.end();
  }

  onError(error: Error): void {
    if (this.#hasNoBody && systemCodeOf(error) === NO_SUCH_LENGTH) {
      this.#giveUp();
      return this.#exchange.end();
    }
    const wasRefused = this.#connection?.wasRefused === true;
    if (!this.#hasAnswer && CLOSED.has(systemCodeOf(error) ?? '')) this.#lose();
    else this.#release();
    if (this.#exchange.isOver) return;
    if (this.#wasClosedUnread(error, wasRefused)) {
      this.send(this.#connections.takeFresh());
      return;
    }
    const text = `Upstream HTTP request error: ${messageOf(error)}`;
    this.#exchange.failUpstream(text, error);
  }

  #wasClosedUnread(error: Error, wasRefused: boolean): boolean {
    const code = systemCodeOf(error) ?? '';
    if (!this.#mayRetry || this.#hasAnswer || !CLOSED.has(code)) return false;
    if (this.#request.body && !this.#request.body.canBeSentAgain) return false;
    return mayBeSentAgain(this.#request.method, code, wasRefused, this.#isOnePiece());
  }

  #isOnePiece(): boolean {
    const { body } = this.#request;
    return !body || (body.wholeLength ?? Number.POSITIVE_INFINITY) <= ONE_PIECE;
  }

  #giveUp(): void {
    const connection = this.#connection;
    this.#connection = undefined; // the abort calls onError, which must not give the connection back
    this.#abort?.();
    if (connection) this.#connections.discard(connection);
  }

  /** Discards the connection, which the upstream has ended in place of a response. */
  #lose(): void {
    if (this.#connection) this.#connections.lose(this.#connection);
    this.#connection = undefined;
    this.#abort = undefined;
  }

  #release(): void {
    if (this.#connection) this.#connections.give(this.#connection, this.#hasNoBody || this.#length === 0);
    this.#connection = undefined;
    this.#abort = undefined;
  }
}

/** Sends a head without a wait for the body, unless both came together and the head was sent with the body. */
function flushHead(exchange: Exchange): void {
  if (!exchange.isOver && exchange.bytesSent === 0) exchange.flushHead();
}

/** Restores the bytes of a reason phrase, which undici reads as UTF-8. Bytes that are not valid UTF-8 are lost. */
function asLatin1(reason: string, status: number): string {
  if (/^[\t\x20-\x7e]*$/.test(reason)) return reason;
  return reason.includes('\ufffd') ? (STATUS_CODES[status] ?? '') : Buffer.from(reason).toString('latin1');
}
