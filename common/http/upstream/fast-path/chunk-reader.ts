/** The longest size line with its extensions, and the largest trailer section, in bytes. */
const MOST_LINE = 4096;
const MOST_TRAILERS = 64 << 10;

const SIZE_LINE = /^([0-9A-Fa-f]{1,12})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;

export interface ChunkSink {
  /** Is called with the data of all chunks of one read together, as a call for each chunk would cost more. */
  data(bytes: Buffer): void;
  /** Is called when the body is complete. @param trailers field lines, each with its line break */
  end(trailers: string): void;
}

/** Reads a chunked body (RFC 9112, section 7.1) from bytes as they come. */
export class ChunkReader {
  readonly #sink: ChunkSink;
  #state: 'size' | 'data' | 'end of data' | 'trailers' | 'done' = 'size';
  /** How many bytes of the present chunk are missing. */
  #left = 0;
  /** The beginning of a line that is not complete yet. */
  #line = '';

  constructor(sink: ChunkSink) {
    this.#sink = sink;
  }

  get isDone(): boolean {
    return this.#state === 'done';
  }

  /**
   * @param bytes are overwritten, as the data of chunks is moved together
   * @returns how many of the bytes belong to the body
   * @throws Error where they are not chunks
   */
  read(bytes: Buffer): number {
    let at = 0;
    let start = 0;
    let end = 0;
    try {
      while (at < bytes.length && this.#state !== 'done') {
        if (this.#state !== 'data') {
          at = this.#readLine(bytes, at);
          continue;
        }
        const length = Math.min(bytes.length - at, this.#left);
        this.#left -= length;
        if (this.#left === 0) this.#state = 'end of data';
        if (end === 0) start = end = at;
        else bytes.copyWithin(end, at, at + length);
        end += length;
        at += length;
      }
    } finally {
      if (end > start) this.#sink.data(bytes.subarray(start, end));
    }
    return at;
  }

  #readLine(bytes: Buffer, at: number): number {
    const feed = bytes.indexOf(10, at);
    const end = feed === -1 ? bytes.length : feed + 1;
    this.#line += bytes.toString('latin1', at, end);
    if (this.#line.length > (this.#state === 'trailers' ? MOST_TRAILERS : MOST_LINE))
      throw new Error('a chunk of the response has a line without end');
    if (feed !== -1) this.#onLine();
    return end;
  }

  #onLine(): void {
    const line = this.#line;
    if (!line.endsWith('\r\n')) throw new Error('a chunk of the response ends a line by a bare line feed');
    if (this.#state === 'trailers') {
      if (line !== '\r\n' && !line.endsWith('\r\n\r\n')) return;
      this.#state = 'done';
      this.#sink.end(line.slice(0, -2));
    } else if (this.#state === 'end of data') {
      if (line !== '\r\n') throw new Error('a chunk of the response is longer than its size');
      this.#state = 'size';
    } else {
      const size = SIZE_LINE.exec(line.slice(0, -2))?.[1];
      if (size === undefined) throw new Error('a chunk of the response has no size');
      this.#left = Number.parseInt(size, 16);
      this.#state = this.#left === 0 ? 'trailers' : 'data';
    }
    this.#line = '';
  }
}
