import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { ExchangeRequest } from '../../exchange/message.ts';
import { FastMessage } from './fast-message.ts';
import type { RequestHead } from './request-head.ts';

/** How many bytes of a body may wait for their reader before the socket is paused. */
const MOST_WAITING = 64 << 10;

/** Shared by all requests, as most have no body and so none of its bytes. */
const NONE: Buffer[] = [];
const NO_TRAILERS: string[] = [];

/** A request of the fast path. Its body has a length, and is read like that of an IncomingMessage. */
export class FastRequest extends FastMessage implements ExchangeRequest {
  readonly method: string;
  readonly url: string;
  readonly httpVersion = '1.1';
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly rawTrailers: string[] = NO_TRAILERS;
  readonly socket: Socket;
  complete: boolean;
  destroyed = false;
  readableLength = 0;
  /** Whether the bytes that were pushed last are still in use. If not, their buffer can take others. */
  usesBytes = false;
  readonly #wantMore: () => void;
  #waiting: Buffer[] = NONE;
  #flow: 'none' | 'paused' | 'flowing' = 'none';
  #hasEnded = false;

  /** @param wantMore is called when more of the body can be pushed */
  constructor(head: RequestHead, socket: Socket, wantMore: () => void) {
    super();
    this.method = head.method;
    this.url = head.target;
    this.headers = head.headers;
    this.rawHeaders = head.rawHeaders;
    this.socket = socket;
    this.complete = head.length === 0;
    this.#wantMore = wantMore;
  }

  /**
   * Adds the next bytes of the body.
   * @returns false where the caller has to wait for `wantMore`
   */
  push(bytes: Buffer): boolean {
    this.usesBytes = true;
    if (this.#flow === 'flowing' && this.#waiting.length === 0) {
      this.emit('data', bytes);
      return this.#isFlowing();
    }
    if (this.#waiting === NONE) this.#waiting = [bytes];
    else this.#waiting.push(bytes);
    this.readableLength += bytes.length;
    return this.readableLength < MOST_WAITING;
  }

  /** Is called when the body is complete. */
  finish(): void {
    this.complete = true;
    if (this.#flow === 'flowing') this.#drain();
  }

  /** Is called when the connection has closed. */
  cut(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }

  releaseBytes(): void {
    this.usesBytes = false;
  }

  read(): Buffer | null {
    const bytes = this.#waiting.shift() ?? null;
    if (bytes) this.readableLength -= bytes.length;
    return bytes;
  }

  resume(): this {
    if (this.#flow === 'flowing') return this;
    this.#flow = 'flowing';
    process.nextTick(() => this.#drain());
    return this;
  }

  pause(): this {
    this.#flow = 'paused';
    return this;
  }

  isPaused(): boolean {
    return this.#flow === 'paused';
  }

  /** Reads the state in a function, as a listener may have paused the body, which the compiler ignores. */
  #isFlowing(): boolean {
    return this.#flow === 'flowing';
  }

  #drain(): void {
    while (this.#isFlowing()) {
      const bytes = this.read();
      if (!bytes) break;
      this.emit('data', bytes);
    }
    if (!this.#isFlowing() || this.destroyed) return;
    if (!this.complete) {
      this.#wantMore();
    } else if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.emit('end');
    }
  }
}
