const CHUNKED = /\r\ntransfer-encoding: *chunked *\r\n/i;
const LAST_CHUNK = '0\r\n\r\n';

/**
 * The least of an HTTP client: it reads the heads of answers, and counts the bytes of their bodies. It does not count
 * chunks: there is one request at a time on a connection, so a chunked answer is whole where the bytes that have come
 * end like a last chunk.
 */
export class AnswerReader {
  /** Whether the answer is whole, with the bytes that were read last. */
  isWhole = false;
  #head = '';
  /** Bytes of the body that are still to come, infinitely many of a chunked one; undefined within a head. */
  #left: number | undefined;
  #tail = '';

  /**
   * @param chunk the bytes that have arrived
   * @returns how many bytes of it belong to the body
   * @throws Error at an answer that is none of the 200s, has no length and is not chunked, or is longer than it says
   */
  read(chunk: Buffer): number {
    const start = this.#left === undefined ? this.#readHead(chunk) : 0;
    this.isWhole = false;
    if (this.#left === undefined) return 0;
    const size = chunk.length - start;
    this.#left -= size;
    if (this.#left < 0) throw new Error('answered more than its Content-Length');
    if (this.#left === Infinity) {
      this.#tail = (this.#tail + chunk.toString('latin1', Math.max(start, chunk.length - 5))).slice(-5);
    }
    this.isWhole = this.#left === 0 || this.#tail === LAST_CHUNK;
    if (this.isWhole) {
      this.#left = undefined;
      this.#tail = '';
    }
    return size;
  }

  /** @returns where the body begins in the chunk, if the head ends there */
  #readHead(chunk: Buffer): number {
    const before = this.#head.length;
    this.#head += chunk.toString('latin1', 0, 65_536);
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return 0;
    const head = this.#head.slice(0, end + 2);
    this.#head = '';
    const length = /\r\ncontent-length: *(\d+) *\r\n/i.exec(head)?.[1];
    if (!/^HTTP\/1\.1 2\d\d /.test(head)) throw new Error(`answered with ${head.split('\r\n', 1)[0]}`);
    if (length === undefined && !CHUNKED.test(head)) throw new Error('answered without a Content-Length');
    this.#left = Number(length ?? Infinity);
    return end + 4 - before;
  }
}
