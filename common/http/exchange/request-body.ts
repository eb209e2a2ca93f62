import { timerDelay } from '../../duration.ts';
import { GatheredBytes } from './gathered-bytes.ts';
import type { ExchangeRequest } from './message.ts';

/** Receives the body's bytes as they come. */
export interface BodySink {
  /** @returns false to get no more until `resume` */
  chunk(bytes: Buffer): boolean;
  /** Is called when the body is complete; never for a body that was cut off. */
  end(): void;
}

/** The exchange that a body belongs to. */
export interface BodyOwner {
  /** Sends `100 Continue`, as the client waits for it before it sends the body. */
  sendContinue(): void;
  /** Is told once when the client has let the reader wait for longer than read_timeout. */
  onStalled(): void;
}

const NOBODY: BodySink = { chunk: () => true, end: () => undefined };

/**
 * The body of one request, read with back-pressure. read_timeout limits the total time of waiting for the client, so
 * that it also ends a client that sends a byte now and then. Time in which the sink does not take bytes does not count.
 */
export class RequestBody {
  readonly #request: ExchangeRequest;
  readonly #owner: BodyOwner;
  #sink: BodySink | undefined;
  #patience: number;
  #waitingSince = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  #isHeldBack: boolean;
  /** The listener for the body's bytes, once it flows. */
  #onData: ((bytes: Buffer) => void) | undefined;

  /**
   * @param readTimeout how long to wait for the client in all, in milliseconds; 0: no limit
   * @param isHeldBack whether the client waits for `100 Continue` before it sends the body
   */
  constructor(request: ExchangeRequest, readTimeout: number, owner: BodyOwner, isHeldBack: boolean) {
    this.#request = request;
    this.#patience = readTimeout === 0 ? Number.POSITIVE_INFINITY : readTimeout;
    this.#owner = owner;
    this.#isHeldBack = isHeldBack;
  }

  /** Whether the request announces a body at all (RFC 9112, section 6.3). */
  get isAnnounced(): boolean {
    const { headers } = this.#request;
    return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  }

  /** Whether all bytes have arrived. Node's own flag is set only a moment after the last byte. */
  get isComplete(): boolean {
    const { complete, headers, readableLength } = this.#request;
    return complete || (readableLength > 0 && readableLength === Number(headers['content-length']));
  }

  /** Whether bytes have arrived that were not taken, or the body is complete. */
  get hasArrived(): boolean {
    return this.#request.complete || this.#request.readableLength > 0;
  }

  /** Takes the bytes that have arrived, for a body that is complete. */
  takeArrived(): Buffer {
    const chunks: Buffer[] = []; // since Node 26, each read returns one chunk
    for (let bytes: unknown = this.#request.read(); Buffer.isBuffer(bytes); bytes = this.#request.read())
      chunks.push(bytes);
    const [first, ...others] = chunks;
    return first && others.length === 0 ? first : Buffer.concat(chunks);
  }

  /** Lets the body flow into the sink. */
  flowInto(sink: BodySink): void {
    this.#sink = sink;
    if (this.#isHeldBack) this.#owner.sendContinue();
    this.#isHeldBack = false;
    this.#wait();
    this.#onData = (bytes) => this.#take(bytes);
    this.#request.on('data', this.#onData);
    this.#request.on('end', () => this.#end());
    this.#request.resume();
  }

  resume(): void {
    if (!this.#sink || !this.#request.isPaused()) return;
    this.#wait();
    this.#request.resume();
  }

  /** Reads the whole body. Never settles for a body that is cut off, as the exchange ends then. */
  readWhole(): Promise<Buffer> {
    return new Promise((resolve) => {
      const body = new GatheredBytes();
      this.flowInto({
        chunk: (bytes) => {
          body.push(bytes);
          return true;
        },
        end: () => resolve(body.bytes()),
      });
    });
  }

  /**
   * Reads and discards the rest of the body, so that the client can finish sending and read its answer. A client that
   * waits for `100 Continue` is no longer asked for its body.
   */
  discard(): void {
    this.#sink = NOBODY;
    if (this.#request.complete || this.#isHeldBack || this.#request.destroyed) return this.stop();
    if (this.#onData) this.#request.off('data', this.#onData);
    else this.#request.on('end', () => this.#end());
    this.#request.on('close', () => this.stop());
    this.#wait();
    this.#request.resume();
  }

  /** Stops waiting, as the connection has closed or is no longer needed. */
  stop(): void {
    this.#sink = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #take(bytes: Buffer): void {
    if (this.#sink?.chunk(bytes) !== false) return;
    this.#request.pause();
    this.#rest();
  }

  #end(): void {
    this.#rest();
    this.#sink?.end();
    this.#sink = undefined;
  }

  #wait(): void {
    if (this.#timer || this.#patience === Number.POSITIVE_INFINITY || this.#request.complete) return;
    this.#waitingSince = performance.now();
    this.#timer = setTimeout(stall, timerDelay(Math.max(0, this.#patience)), this.#owner);
  }

  #rest(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#patience -= performance.now() - this.#waitingSince;
  }
}

function stall(owner: BodyOwner): void {
  owner.onStalled();
}
