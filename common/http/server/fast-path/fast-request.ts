import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { ExchangeRequest } from '../../exchange/message.ts';
import type { RequestHead } from './request-head.ts';

/** Bytes of a body that may wait for their reader before the client is left alone. */
const MOST_WAITING = 64 << 10;

/** A request of the fast path. Its body has a length, and is read as an IncomingMessage is. */
export class FastRequest extends EventEmitter implements ExchangeRequest {
  readonly method: string;
  readonly url: string;
  readonly httpVersion = '1.1';
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly rawTrailers: string[] = [];
  readonly socket: Socket;
  complete: boolean;
  destroyed = false;
  readableLength = 0;
  readonly #wantMore: () => void;
  #waiting: Buffer[] = [];
  #flow: 'none' | 'paused' | 'flowing' = 'none';
  #hasEnded = false;

  /** @param wantMore called when more of the body can be taken */
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
   * Takes the next bytes of the body.
   * @returns false where the client is to wait for now
   */
  push(bytes: Buffer): boolean {
    if (this.#flow === 'flowing' && this.#waiting.length === 0) {
      this.emit('data', bytes);
      return this.#isFlowing();
    }
    this.#waiting.push(bytes);
    this.readableLength += bytes.length;
    return this.readableLength < MOST_WAITING;
  }

  /** Call it when the body is whole. */
  finish(): void {
    this.complete = true;
    if (this.#flow === 'flowing') this.#drain();
  }

  /** Call it when the connection is gone. */
  cut(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
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

  /** Read again here, because a listener may have paused it. */
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
