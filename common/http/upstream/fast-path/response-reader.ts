import { ChunkReader } from './chunk-reader.ts';
import { HeadBytes } from './head-bytes.ts';
import { readFields, readWholeHead } from '../../field-lines.ts';
import { SWITCHED_UNASKED } from '../../upstream-failure.ts';
import { readResponseHead, type ResponseHead } from './response-head.ts';

/** How many bytes are searched for the end of a usual head. */
const MOST_USUAL = 16 << 10;

const LINE_BREAK = /\r?\n/g;
const BARE_LINE_FEED = /(?<!\r)\n/;

export interface ResponseSink {
  /** Is called for each informational response (1xx). */
  information(status: number, rawHeaders: string[]): void;
  head(head: ResponseHead): void;
  /** Is called with bytes of the body, which are valid only during the call. */
  data(bytes: Buffer): void;
  /**
   * Is called when the response is complete.
   * @param mayPersist whether another request may follow on the connection
   * @param hadNoBody whether its head said that it has no body
   */
  end(rawTrailers: readonly string[], mayPersist: boolean, hadNoBody: boolean): void;
  /**
   * Is called for a response whose head the fast path cannot read. Node's parser has to read these bytes and all that
   * follow.
   */
  forSlowPath(bytes: Buffer): void;
}

/** Reads one response from bytes as they come. */
export class ResponseReader {
  readonly #sink: ResponseSink;
  readonly #isForHead: boolean;
  #state: 'head' | 'length' | 'chunks' | 'to the end' | 'done' = 'head';
  /** A head that did not come whole in one read, or not in the usual form. */
  #head: HeadBytes | undefined;
  #left = 0;
  #isPersistent = true;
  #hasSurplus = false;
  #chunks: ChunkReader | undefined;
  #trailers: readonly string[] = [];

  /** @param isForHead whether the request was a HEAD, so that the response has no body, whatever its head says */
  constructor(sink: ResponseSink, isForHead: boolean) {
    this.#sink = sink;
    this.#isForHead = isForHead;
  }

  /** Whether a byte of the response has come. */
  get hasBegun(): boolean {
    return this.#state !== 'head' || this.#head?.hasBegun === true;
  }

  /** Whether more bytes came with the end of the response. */
  get hasSurplus(): boolean {
    return this.#hasSurplus;
  }

  /** @throws Error where the bytes are not a response */
  read(bytes: Buffer): void {
    let rest: Buffer | undefined = bytes;
    while (rest && this.#state === 'head') rest = this.#readHead(rest);
    if (!rest || rest.length === 0) return;
    if (this.#state === 'to the end') return this.#sink.data(rest);
    if (this.#state === 'done') return;
    const read = this.#state === 'length' ? this.#readLength(rest) : (this.#chunks?.read(rest) ?? 0);
    if (this.#state === 'length' ? this.#left === 0 : this.#chunks?.isDone) this.#end(read < rest.length);
  }

  /**
   * Is called when the upstream has ended its side.
   * @returns whether the response is complete
   */
  end(): boolean {
    if (this.#state === 'to the end') {
      this.#isPersistent = false;
      this.#end(false);
    }
    return this.#state === 'done';
  }

  /** @returns the bytes after the head; undefined where there are none, or Node's parser reads them */
  #readHead(bytes: Buffer): Buffer | undefined {
    // nearly all come whole and end their lines alike: then no search line by line is needed
    const usual = this.#head ? undefined : readWholeHead(bytes, MOST_USUAL, readResponseHead);
    if (usual) return this.#onHead(usual.head, bytes, usual.length);
    this.#head ??= new HeadBytes();
    const all = this.#head.push(bytes);
    const end = all && this.#head.findEnd(all);
    if (!all || !end) return undefined;
    this.#head = undefined;
    return this.#onHead(readHeadText(all.toString('latin1', 0, end.text)), all, end.head);
  }

  /**
   * @param head undefined for one that Node's parser has to read
   * @param all the bytes from the head's first on
   * @param length of the head, in bytes
   */
  #onHead(head: ResponseHead | undefined, all: Buffer, length: number): Buffer | undefined {
    if (head?.status === 101) throw new Error(SWITCHED_UNASKED);
    if (!head) {
      this.#state = 'done';
      this.#sink.forSlowPath(all);
      return undefined;
    }
    const rest = all.subarray(length);
    if (head.status < 200) {
      this.#sink.information(head.status, head.rawHeaders);
      return rest.length === 0 ? undefined : rest;
    }
    this.#begin(head, rest);
    return rest;
  }

  #begin(head: ResponseHead, rest: Buffer): void {
    const hasNoBody = this.#isForHead || head.status === 204 || head.status === 304;
    const length = hasNoBody ? 0 : head.length;
    this.#isPersistent = head.isPersistent;
    this.#sink.head(head);
    if (length === undefined) {
      this.#state = 'to the end';
    } else if (length === 'chunked') {
      this.#state = 'chunks';
      this.#chunks = new ChunkReader({
        data: (bytes) => this.#sink.data(bytes),
        end: (trailers) => {
          const fields = readFields(trailers, 0, trailers.length);
          if (!fields) throw new Error('the trailers of the response cannot be read');
          this.#trailers = fields;
        },
      });
    } else {
      this.#left = length;
      this.#state = 'length';
      if (length === 0) this.#end(rest.length > 0, true);
    }
  }

  #readLength(bytes: Buffer): number {
    const isAll = bytes.length <= this.#left;
    const own = isAll ? bytes : bytes.subarray(0, this.#left);
    this.#left -= own.length;
    this.#sink.data(own);
    return own.length;
  }

  /** @param hasSurplus whether more bytes follow, which answer no request */
  #end(hasSurplus: boolean, hadNoBody = false): void {
    this.#state = 'done';
    this.#hasSurplus = hasSurplus;
    this.#sink.end(this.#trailers, this.#isPersistent && !hasSurplus, hadNoBody);
  }
}

/**
 * Reads a head, also one whose lines end by LF alone.
 * @returns undefined for a head that Node's parser has to read
 * @throws Error where Node's parser could not read it either, as lines end by LF alone
 */
function readHeadText(text: string): ResponseHead | undefined {
  const head = readResponseHead(text, text.length);
  if (head || !BARE_LINE_FEED.test(text)) return head;
  const lines = text.replaceAll(LINE_BREAK, '\r\n');
  const mended = readResponseHead(lines, lines.length);
  if (!mended) throw new Error('the head of the response cannot be read');
  return mended;
}
