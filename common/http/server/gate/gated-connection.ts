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

/** Bytes of requests sent behind one that is not answered yet, before the client is left alone. */
const MOST_HELD = 16 << 10;

const NOTHING = Buffer.alloc(0);

/** The server's side of a connection. */
export interface GateKeeper {
  readonly budget: HeadBudget;
  /** Milliseconds for a head, and for the rest of a body whose response is out; 0 for no limit. */
  readonly readTimeout: number;
  /** Whether no request is taken from the connection any more. */
  isGivenUp(socket: Socket): boolean;
  /** Answers a request that cannot be served, and closes the connection. */
  refuse(error: Error, socket: Socket): void;
}

/** A request whose target had bytes that Node's parser does not take. */
type SentRequest = IncomingMessage & { sentTarget?: string };

/**
 * A connection of Node's server whose parser gets the bytes of one request at a time: a whole head, its body, and
 * nothing more until the response is out. Requests that are sent behind it wait as a few bytes here, and then in the
 * client. Node by itself would read on, and make objects of everything that comes.
 *
 * The end of the body is found here and by Node's parser. Where the two differ, the connection is refused.
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
  /** Whether others close the connection once the body has come. */
  #isLast = false;
  #hasEnded = false;
  #sentTarget: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param parse gives bytes to Node's parser */
  constructor(keeper: GateKeeper, socket: Socket, parse: (bytes: Buffer) => void) {
    this.#keeper = keeper;
    this.#socket = socket;
    this.#parse = parse;
    socket.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose);
  }

  /** Call it when Node has read the head of a request, which is about to be served. */
  began(request: IncomingMessage, response: ServerResponse): void {
    if (this.#state !== 'begins' || this.#request) return this.#lose();
    this.#request = request;
    this.#response = response;
    if (this.#sentTarget !== undefined) (request as SentRequest).sentTarget = this.#sentTarget;
    response.on('close', this.#onAnswered);
  }

  /**
   * Lets the connection go, because it will carry something other than HTTP.
   * @returns the bytes behind the head of the last request
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
    if (rest.length > 0) this.#held = head.length > MOST_HELD ? Buffer.from(rest) : rest; // a copy, so that a large head is not kept in memory for these bytes
    this.#begin(head);
  }

  #awaitHead(): void {
    if (!this.#timer) this.#limitTime(true); // blank lines that never end may not wait for ever either
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
    if (!request) return this.#lose(); // Node expects the head to go on
    const { 'transfer-encoding': coding, 'content-length': length } = request.headers;
    if (coding === undefined && length === undefined && !this.#held && !this.#hasEnded && request.complete) {
      this.#state = 'answer';
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
    spend(2 * bytes.length); // as they were read, and as Node's parser copies them
    const own = body.take(bytes);
    if (own > 0) this.#parse(own === bytes.length ? bytes : bytes.subarray(0, own));
    if (this.#isDone()) return;
    if (body.isDone !== (this.#request?.complete ?? false)) return this.#lose();
    if (!body.isDone) return;
    this.#state = 'answer';
    if (own < bytes.length) this.#hold(bytes.subarray(own));
    if (this.#isLast) this.#over();
    else if (this.#isAnswered) this.#next();
  }

  /** Keeps what was sent behind the present request. */
  #hold(bytes: Buffer): void {
    this.#held = this.#held ? Buffer.concat([this.#held, bytes]) : bytes;
    if (this.#held.length > MOST_HELD) this.#socket.pause();
  }

  /** Called when the response is out, or given up. */
  readonly #onAnswered = (): void => {
    if (this.#state === 'over') return;
    this.#isLast = !this.#response?.writableFinished || this.#socket.writableEnded;
    this.#isAnswered = true;
    if (this.#state === 'answer') return this.#isLast ? this.#over() : this.#next();
    this.#limitTime(true); // for the rest of the body, which nobody needs any more
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

  /** Deals with a client that has sent all that it wants to send, and may still read. */
  #onHalfClosed(): void {
    const { request, response } = { request: this.#request, response: this.#response };
    if (this.#state !== 'answer') {
      this.#socket.destroy(); // in the middle of a body
      return;
    }
    if (!request || !response) return;
    if (!this.#held && !response.headersSent) response.shouldKeepAlive = false;
    watchHalfClosed(this.#socket, request, response, () => hasBegun(response));
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

  /** Refuses the connection: this reading and Node's differ, or Node has refused the bytes itself. */
  #lose(): void {
    if (this.#isDone()) return;
    this.#refuse(exchangeError('REQUEST_MISFRAMED', 'where the request ends cannot be said'));
  }

  /** Whether no more of the connection is read as requests. */
  #isDone(): boolean {
    if (this.#stateNow() !== 'over' && this.#keeper.isGivenUp(this.#socket)) this.#over();
    return this.#stateNow() === 'over';
  }

  /** Read again here, because functions that are called meanwhile change it. */
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

/** Whether any byte of it is on its way; `headersSent` is true before that. */
function hasBegun(response: ServerResponse & { readonly _headerSent?: boolean }): boolean {
  return response._headerSent ?? response.headersSent;
}
