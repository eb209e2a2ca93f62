import { timerDelay } from '../../duration.ts';
import { GatheredBytes } from './gathered-bytes.ts';
import type { ExchangeRequest } from './message.ts';

/** Takes the body's bytes as they come. */
export interface BodySink {
  /** @returns false to get no more until `resume` */
  chunk(bytes: Buffer): boolean;
  /** Called when the body is whole; never for a body that was cut off. */
  end(): void;
}

/**
 * The body of one request, read with back-pressure. read_timeout limits the whole time of waiting for the client, so
 * that a client that sends a byte now and then is ended too. Time in which the sink does not take bytes that have
 * arrived does not count.
 */
export class RequestBody {
  readonly #request: ExchangeRequest;
  readonly #onStalled: () => void;
  #sink: BodySink | undefined;
  #patience: number;
  #waitingSince = 0;
  #timer: NodeJS.Timeout | undefined;
  #sendContinue: (() => void) | undefined;

  /**
   * @param readTimeout milliseconds to wait for the client in all, 0 for no limit
   * @param onStalled called once when they have passed
   * @param sendContinue called before the first byte is asked for, where the client waits for `100 Continue`
   */
  constructor(
    request: ExchangeRequest,
    readTimeout: number,
    onStalled: () => void,
    sendContinue: (() => void) | undefined,
  ) {
    this.#request = request;
    this.#patience = readTimeout === 0 ? Number.POSITIVE_INFINITY : readTimeout;
    this.#onStalled = onStalled;
    this.#sendContinue = sendContinue;
  }

  /** Whether the request announces a body at all (RFC 9112, section 6.3). */
  get isAnnounced(): boolean {
    const { headers } = this.#request;
    return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  }

  /** Whether every byte has arrived. Node says so only a moment after the last of them. */
  get isComplete(): boolean {
    const { complete, headers, readableLength } = this.#request;
    return complete || (readableLength > 0 && readableLength === Number(headers['content-length']));
  }

  /** Whether bytes have arrived that were not taken, or the body is whole. */
  get hasArrived(): boolean {
    return this.#request.complete || this.#request.readableLength > 0;
  }

  /** Takes the bytes that have arrived. Meant for a body that is complete. */
  takeArrived(): Buffer {
    const chunks: Buffer[] = []; // from Node 26 on each read gives one chunk
    for (let bytes: unknown = this.#request.read(); Buffer.isBuffer(bytes); bytes = this.#request.read())
      chunks.push(bytes);
    return Buffer.concat(chunks);
  }

  /** Lets the body flow into the sink. */
  flowInto(sink: BodySink): void {
    this.#sink = sink;
    this.#sendContinue?.();
    this.#sendContinue = undefined;
    this.#wait();
    this.#request.on('data', this.#onData);
    this.#request.on('end', this.#onEnd);
    this.#request.resume();
  }

  resume(): void {
    if (!this.#sink || !this.#request.isPaused()) return;
    this.#wait();
    this.#request.resume();
  }

  /** Reads the body whole. Never settles for a body that is cut off: the exchange ends then. */
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
   * Gives up the rest of the body: it is read and thrown away, so that the client can finish sending and read its
   * answer. A client that waits for `100 Continue` is not asked for its body any more.
   */
  discard(): void {
    this.#sink = { chunk: () => true, end: () => undefined };
    if (this.#request.complete || this.#sendContinue || this.#request.destroyed) return this.stop();
    this.#request.off('data', this.#onData);
    this.#request.off('end', this.#onEnd);
    this.#request.on('end', this.#onEnd);
    this.#request.on('close', () => this.stop());
    this.#wait();
    this.#request.resume();
  }

  /** Stops waiting, as the connection is gone or no longer needed. */
  stop(): void {
    this.#sink = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#sink?.chunk(bytes) !== false) return;
    this.#request.pause();
    this.#rest();
  };

  readonly #onEnd = (): void => {
    this.#rest();
    this.#sink?.end();
    this.#sink = undefined;
  };

  #wait(): void {
    if (this.#timer || this.#patience === Number.POSITIVE_INFINITY || this.#request.complete) return;
    this.#waitingSince = performance.now();
    this.#timer = setTimeout(this.#onStalled, timerDelay(Math.max(0, this.#patience)));
  }

  #rest(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#patience -= performance.now() - this.#waitingSince;
  }
}
