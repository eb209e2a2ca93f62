/** Finds the end of a request's body in the bytes as they come. */
export interface BodyEnd {
  readonly isDone: boolean;
  /** @returns how many of the bytes belong to the body */
  take(bytes: Buffer): number;
}

/** The end of a body that has a length. */
export class LengthEnd implements BodyEnd {
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get isDone(): boolean {
    return this.#left === 0;
  }

  take(bytes: Buffer): number {
    const own = Math.min(bytes.length, this.#left);
    this.#left -= own;
    return own;
  }
}

const LF = 10;
const CR = 13;

/** How many digits a chunk's size may have, so that a number holds it exactly. */
const MOST_DIGITS = 12;

/**
 * Finds the end of a chunked body (RFC 9112, section 7.1). It reads only correct chunks: after the first error it takes
 * everything that comes for the body, and Node's parser, which reads the same bytes, refuses them.
 */
export class ChunksEnd implements BodyEnd {
  #state: 'size' | 'extension' | 'data' | 'trailer' | 'done' | 'lost' = 'size';
  #digits = 0;
  #size = 0;
  /** How many bytes of the chunk's data and of the line break after it are missing. */
  #left = 0;
  /** The length of the present line of the trailers, in bytes. */
  #lineLength = 0;
  #last = 0;

  get isDone(): boolean {
    return this.#state === 'done';
  }

  take(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && this.#state !== 'done') {
      if (this.#state === 'lost') return bytes.length;
      if (this.#state === 'data') {
        const own = Math.min(bytes.length - at, this.#left);
        this.#left -= own;
        at += own;
        if (this.#left === 0) this.#begin('size');
      } else {
        this.#step(bytes[at] ?? 0);
        at += 1;
      }
    }
    return at;
  }

  #step(byte: number): void {
    if (this.#state === 'size') this.#onSize(byte);
    else if (this.#state === 'extension') this.#onExtension(byte);
    else this.#onTrailer(byte);
    this.#last = byte;
  }

  #onSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit !== -1 && this.#digits < MOST_DIGITS) {
      this.#size = this.#size * 16 + digit;
      this.#digits += 1;
    } else if (digit !== -1 || this.#digits === 0 || byte === LF) {
      this.#state = 'lost';
    } else {
      this.#state = 'extension';
    }
  }

  #onExtension(byte: number): void {
    if (byte !== LF) return;
    if (this.#last !== CR) {
      this.#state = 'lost';
    } else if (this.#size === 0) {
      this.#begin('trailer');
    } else {
      this.#left = this.#size + 2;
      this.#state = 'data';
    }
  }

  #onTrailer(byte: number): void {
    this.#lineLength += 1;
    if (byte !== LF) return;
    if (this.#last !== CR) this.#state = 'lost';
    else if (this.#lineLength === 2) this.#state = 'done';
    this.#lineLength = 0;
  }

  #begin(state: 'size' | 'trailer'): void {
    this.#state = state;
    this.#digits = 0;
    this.#size = 0;
    this.#lineLength = 0;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
