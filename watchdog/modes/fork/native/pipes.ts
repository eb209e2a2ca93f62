import type { OutputListener, ProcessInput } from '../forked-process.ts';
import type { NativeAddon } from '../../../process/native/addon.ts';
import { isLater } from './processes.ts';

/** Bytes that a pipe holds. */
const PIPE_BYTES = 64 << 10;

/**
 * From this size on bytes are passed on as they are, and the next read goes into a new buffer; fewer bytes are copied.
 */
const FEW_BYTES = 8 << 10;

/** Reads in a row, before others have their turn. */
const MOST_READS = 16;

/** The most that a pipe can hold. Bytes beyond that were not written by the process that has exited. */
const MOST_LAST_BYTES = 1 << 20;

let scratch = Buffer.allocUnsafeSlow(PIPE_BYTES);

/** The end of a pipe from which a process's output is read. */
export class OutputPipe {
  readonly #addon: NativeAddon;
  readonly #onClosed: () => void;
  #file: number;
  #listener: OutputListener | undefined;
  #isPaused = false;
  /** Bytes that may still come from a process that has exited. */
  #lastBytes: number | undefined;
  #isScheduled = false;

  /** @param onClosed called once there is nothing more to read */
  constructor(addon: NativeAddon, file: number, onClosed: () => void) {
    this.#addon = addon;
    this.#file = file;
    this.#onClosed = onClosed;
  }

  get isClosed(): boolean {
    return this.#file === -1;
  }

  readBy(listener: OutputListener): void {
    this.#listener = listener;
    this.read();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#readLater();
  }

  /** Reads the last bytes: the process has exited, and only the pipe's present content is its output. */
  readLast(): void {
    this.#lastBytes = MOST_LAST_BYTES;
    if (this.#listener) this.read();
    else this.close();
  }

  /**
   * Reads the bytes that are there. The addon tells of new bytes only once, so this must go on until the pipe is empty.
   */
  read(): void {
    for (let reads = 0; this.#listener && !this.#isPaused && this.#file !== -1; reads += 1) {
      if (reads === MOST_READS) return this.#readLater();
      const isLast = this.#lastBytes !== undefined;
      const count = this.#addon.read(this.#file, scratch);
      if (count > 0) this.#take(count);
      else if (count === 0 || isLast || !isLater(count)) this.close();
      if (count < PIPE_BYTES && !isLast) return;
    }
  }

  close(): void {
    if (this.#file === -1) return;
    this.#addon.close(this.#file);
    this.#file = -1;
    this.#onClosed();
  }

  #take(count: number): void {
    this.#listener?.(take(count));
    if (this.#lastBytes === undefined) return;
    this.#lastBytes -= count;
    if (this.#lastBytes <= 0) this.close();
  }

  #readLater(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.read();
    });
  }
}

function take(count: number): Buffer {
  if (count < FEW_BYTES) return Buffer.from(scratch.subarray(0, count));
  const bytes = scratch.subarray(0, count);
  scratch = Buffer.allocUnsafeSlow(PIPE_BYTES);
  return bytes;
}

/** The end of a pipe that a process reads as its stdin. */
export class InputPipe implements ProcessInput {
  readonly #addon: NativeAddon;
  readonly #process: number;
  #file: number;
  #waiting: Buffer[] = [];
  #offset = 0;
  #isEnding = false;
  #isWatched = false;
  #onDrain: () => void = () => undefined;
  #onUnread: () => void = () => undefined;

  constructor(addon: NativeAddon, file: number, process: number) {
    this.#addon = addon;
    this.#file = file;
    this.#process = process;
  }

  write(bytes: Buffer): boolean {
    if (this.#file === -1 || this.#isEnding) return true;
    this.#waiting.push(bytes);
    if (this.#waiting.length > 1) return false;
    this.#flush();
    return this.#waiting.length === 0;
  }

  end(last?: Buffer): void {
    if (last && last.length > 0) this.write(last);
    this.#isEnding = true;
    if (this.#waiting.length === 0) this.close();
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  onUnread(listener: () => void): void {
    this.#onUnread = listener;
  }

  /** Goes on writing: there is room in the pipe, or nobody reads it any more. */
  onWritable(): void {
    if (this.#waiting.length === 0) return;
    this.#flush();
    if (this.#waiting.length > 0) return;
    if (this.#isEnding) this.close();
    else this.#onDrain();
  }

  close(): void {
    if (this.#file === -1) return;
    this.#addon.close(this.#file);
    this.#file = -1;
    this.#waiting = [];
  }

  #flush(): void {
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const count = this.#addon.write(this.#file, first, this.#offset);
      if (count < 0 && !isLater(count)) return this.#giveUp();
      this.#offset += Math.max(0, count);
      if (this.#offset < first.length) return this.#watch();
      this.#waiting.shift();
      this.#offset = 0;
    }
  }

  #watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    this.#addon.watchWritable(this.#file, this.#process);
  }

  #giveUp(): void {
    this.close();
    this.#onUnread();
  }
}
