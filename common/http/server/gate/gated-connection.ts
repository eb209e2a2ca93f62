import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../../duration.ts';
import { exchangeError } from '../../http-error.ts';
import { watchHalfClosed } from '../../exchange/half-closed.ts';
import { spend } from '../../exchange/spent-memory.ts';
import { ChunksEnd, LengthEnd, type BodyEnd } from './body-end.ts';
import type { HeadBudget, HeadOwner } from './head-budget.ts';
import { HeadReader } from './head-reader.ts';
import { encodeTarget } from './target-bytes.ts';

/** How many bytes of further requests are held before the socket is paused, while one is not answered yet. */
const MOST_HELD = 16 << 10;

const NOTHING = Buffer.alloc(0);

/** The server's side of a connection. */
export interface GateKeeper {
  readonly budget: HeadBudget;
  /** How long a head may take, and the rest of a body after its response, in milliseconds; 0: no limit. */
  readonly readTimeout: number;
  /** Whether no more requests are accepted from the connection. */
  isGivenUp(socket: Socket): boolean;
  /** Answers a request that cannot be served, and closes the connection. */
  refuse(error: Error, socket: Socket): void;
}

/** A request whose target had bytes that Node's parser does not accept. */
type SentRequest = IncomingMessage & { sentTarget?: string };

/**
 * A connection of Node's server whose parser gets the bytes of one request at a time: a whole head, its body, and
 * nothing more until the response was sent. Of further requests a few bytes wait here, and the rest in the client. Node
 * by itself would read on, and make objects of everything that comes.
 *
 * The end of the body is found here and by Node's parser. If the two differ, the connection is refused.
 */
export class GatedConnection implements HeadOwner {
  readonly #keeper: GateKeeper;
  readonly #socket: Socket;
  readonly #parse: (bytes: Buffer) => void;
  readonly #head = new HeadReader();
  #state: 'head' | 'begins' | 'body' | 'answer' | 'over' = 'head';
  #body: BodyEnd | undefined;
  #held: Buffer | undefined;
  #request: IncomingMessage | undefined;
  #response: ServerResponse | undefined;
  #isAnswered = false;
  /** Whether this request is the last: something else closes the connection after its body. */
  #isLast = false;
  #hasEnded = false;
  /** When the request was whole, by performance.now(). */
  #wholeAt = 0;
  #sentTarget: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param parse passes bytes to Node's parser */
  constructor(keeper: GateKeeper, socket: Socket, parse: (bytes: Buffer) => void) {
    this.#keeper = keeper;
    this.#socket = socket;
    this.#parse = parse;
    socket.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose);
  }

  /** Is called when Node has read the head of a request, before the request is served. */
  began(request: IncomingMessage, response: ServerResponse): void {
    if (this.#state !== 'begins' || this.#request) return this.#lose();
    this.#request = request;
    this.#response = response;
    if (this.#sentTarget !== undefined) (request as SentRequest).sentTarget = this.#sentTarget;
    response.on('close', this.#onAnswered);
  }

  /**
   * Stops reading the connection, as it will carry something other than HTTP.
   * @returns the bytes after the head of the last request
   */
  release(): Buffer {
    const held = this.#held ?? NOTHING;
    this.#over();
    this.#socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    return held;
  }

  refuseHead(): void {
    this.#refuse(exchangeError('HEADERS_TOO_LARGE', 'the headers of all requests take too much memory'));
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#state === 'head') this.#readHead(bytes);
    else if (this.#state === 'body') this.#readBody(bytes);
    else if (this.#state === 'answer') this.#hold(bytes);
  };

  #readHead(bytes: Buffer): void {
    if (this.#isDone()) return;
    const outcome = this.#head.read(bytes);
    if (outcome.kind === 'more') return this.#awaitHead();
    this.#limitTime(false);
    if (outcome.kind === 'too large')
      return this.#refuse(
        exchangeError('HEADERS_TOO_LARGE', 'the headers are larger than 1 MiB, or more than 2,621'),
      );
    this.#state = 'begins';
    if (outcome.kind === 'odd') {
      this.#parse(outcome.bytes);
      return this.#lose();
    }
    const { bytes: all, end } = outcome;
    const head = end === all.length ? all : all.subarray(0, end);
    if (!this.#keeper.budget.keep(this, head.length)) return this.refuseHead();
    const rest = end === all.length ? NOTHING : all.subarray(end);
    // copied after a large head, so that these bytes do not keep it in memory
    if (rest.length > 0) this.#held = head.length > MOST_HELD ? Buffer.from(rest) : rest;
    this.#begin(head);
  }

  #awaitHead(): void {
    if (!this.#timer) this.#limitTime(true); // also while only blank lines come
    this.#keeper.budget.grow(this, this.#head.capacity);
  }

  #begin(head: Buffer): void {
    const encoded = encodeTarget(head);
    this.#sentTarget = encoded?.sentTarget;
    this.#request = undefined;
    this.#response = undefined;
    this.#isAnswered = false;
    this.#parse(encoded?.bytes ?? head);
    if (this.#isDone()) return;
    const request = this.#requestBegun();
    if (!request) return this.#lose(); // Node's parser found no end of the head
    const { 'transfer-encoding': coding, 'content-length': length } = request.headers;
    if (coding === undefined && length === undefined && !this.#held && !this.#hasEnded && request.complete) {
      this.#awaitAnswer();
      return;
    }
    this.#body = coding === undefined ? new LengthEnd(Number(length ?? 0)) : new ChunksEnd();
    const rest = this.#held ?? NOTHING;
    this.#held = undefined;
    this.#state = 'body';
    this.#readBody(rest);
    if (this.#hasEnded && this.#stateNow() !== 'over') this.#onHalfClosed();
  }

  #readBody(bytes: Buffer): void {
    const body = this.#body;
    if (!body) return;
    spend(2 * bytes.length); // the bytes, and the copy of Node's parser
    const own = body.take(bytes);
    if (own > 0) this.#parse(own === bytes.length ? bytes : bytes.subarray(0, own));
    if (this.#isDone()) return;
    if (body.isDone !== (this.#request?.complete ?? false)) return this.#lose();
    if (!body.isDone) return;
    this.#awaitAnswer();
    if (own < bytes.length) this.#hold(bytes.subarray(own));
    if (this.#isLast) this.#over();
    else if (this.#isAnswered) this.#next();
  }

  #awaitAnswer(): void {
    this.#state = 'answer';
    this.#wholeAt = performance.now();
  }

  /** Keeps bytes that were sent after the present request. */
  #hold(bytes: Buffer): void {
    this.#held = this.#held ? Buffer.concat([this.#held, bytes]) : bytes;
    if (this.#held.length > MOST_HELD) this.#socket.pause();
  }

  /** Is called when the response was sent, or given up. */
  readonly #onAnswered = (): void => {
    if (this.#state === 'over') return;
    this.#isLast = !this.#response?.writableFinished || this.#socket.writableEnded;
    this.#isAnswered = true;
    if (this.#state === 'answer') return this.#isLast ? this.#over() : this.#next();
    this.#limitTime(true); // for the rest of the body, which is not needed any more
    this.#socket.resume();
  };

  #next(): void {
    this.#limitTime(false);
    this.#keeper.budget.release(this);
    this.#request = undefined;
    this.#response = undefined;
    this.#state = 'head';
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#readHead(held);
    if (this.#stateNow() === 'head' && this.#hasEnded) this.#socket.destroySoon();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    if (this.#state === 'answer') this.#onHalfClosed();
    else if (this.#state === 'head' && !this.#head.hasBegun) this.#socket.destroySoon();
    else if (this.#state !== 'over') this.#socket.destroy(); // in the middle of a request
  };

  /** Handles a client that has ended its side of the connection, but may still read. */
  #onHalfClosed(): void {
    const { request, response } = { request: this.#request, response: this.#response };
    if (this.#state !== 'answer') {
      this.#socket.destroy(); // in the middle of a body
      return;
    }
    if (!request || !response) return;
    if (!this.#held && !response.headersSent) response.shouldKeepAlive = false;
    const sinceRequest = performance.now() - this.#wholeAt;
    watchHalfClosed(this.#socket, request, response, () => hasBegun(response), sinceRequest);
  }

  readonly #onClose = (): void => {
    this.#over();
  };

  #limitTime(isOn: boolean): void {
    if (!isOn && !this.#timer) return;
    clearTimeout(this.#timer);
    const { readTimeout } = this.#keeper;
    this.#timer = isOn && readTimeout > 0 ? setTimeout(this.#onLate, timerDelay(readTimeout)) : undefined;
  }

  readonly #onLate = (): void => {
    if (this.#state !== 'head') return this.#socket.destroySoon();
    const text = "read_timeout passed before the request's headers were whole";
    this.#refuse(exchangeError('BODY_STALLED', text));
  };

  #refuse(error: Error): void {
    this.#over();
    this.#keeper.refuse(error, this.#socket);
  }

  /** Refuses the connection, unless Node has refused it: this class and Node's parser read the request differently. */
  #lose(): void {
    if (this.#isDone()) return;
    this.#refuse(exchangeError('REQUEST_MISFRAMED', 'the end of the request cannot be found'));
  }

  /** Whether no more of the connection is read as requests. */
  #isDone(): boolean {
    if (this.#stateNow() !== 'over' && this.#keeper.isGivenUp(this.#socket)) this.#over();
    return this.#stateNow() === 'over';
  }

  /** Reads the state in a function, as calls in between change it, which the compiler ignores. */
  #stateNow(): string {
    return this.#state;
  }

  #requestBegun(): IncomingMessage | undefined {
    return this.#request;
  }

  #over(): void {
    this.#state = 'over';
    this.#held = undefined;
    this.#head.clear();
    this.#limitTime(false);
    this.#keeper.budget.release(this);
  }
}

/** Whether any byte of a response was sent. `headersSent` is true before that. */
function hasBegun(response: ServerResponse & { readonly _headerSent?: boolean }): boolean {
  return response._headerSent ?? response.headersSent;
}
