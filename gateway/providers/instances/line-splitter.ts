import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

/** A line that is longer is handed over in pieces. */
const LONGEST_LINE = 1 << 20;

/** Makes lines of what comes in pieces. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #parts: string[] = [];
  #length = 0;

  /** @param onLine takes each line, without its end */
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

  /** What is left is a line too. */
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

/** Calls back with each line of a stream, without its end; with what is left at the end of the stream too. */
export function splitLines(stream: Readable, onLine: (line: string) => void): void {
  const splitter = new LineSplitter(onLine);
  stream.on('data', (bytes: Buffer) => splitter.push(bytes));
  stream.once('end', () => splitter.end());
}
