import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

/** Longer lines are passed on in pieces. In characters. */
const LONGEST_LINE = 1 << 20;

/** Splits bytes that come in pieces into lines of UTF-8 text. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #parts: string[] = [];
  #length = 0;

  /** @param onLine is called with each line, without its end */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(bytes: Buffer): void {
    const pieces = this.#decoder.write(bytes).split('\n');
    for (const [at, piece] of pieces.entries()) {
      this.#take(piece);
      if (at < pieces.length - 1 || this.#length > LONGEST_LINE) this.#finish();
    }
  }

  /** Passes on the rest as a line, if there is any. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#length > 0) this.#finish();
  }

  #take(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
  }

  #finish(): void {
    const line = this.#parts.join('');
    this.#parts = [];
    this.#length = 0;
    this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
}

/** Calls `onLine` with each line of a stream, without its end. Text after the last line end counts as a line too. */
export function splitLines(stream: Readable, onLine: (line: string) => void): void {
  const splitter = new LineSplitter(onLine);
  stream.on('data', (bytes: Buffer) => splitter.push(bytes));
  stream.once('end', () => splitter.end());
}
