const CHUNKED = /\r\ntransfer-encoding: *chunked *\r\n/i;
const LAST_CHUNK = '0\r\n\r\n';

/**
 * The least of an HTTP client: heads of answers, and how many bytes of their bodies came. There is one request at a time
 * on a connection, so that a chunked answer, whose chunks it does not count, ends where what has come ends as one does.
 */
export class AnswerReader {
  #head = '';
  #left = 0;
  #tail = '';
  #state: 'head' | 'length' | 'chunks' = 'head';

  /**
   * @param chunk what has arrived
   * @param onBody told of each part of a body
   * @param onEnd told of the end of each answer
   * @throws Error at an answer other than 200, or one without a length that is not chunked
   */
  read(chunk: Buffer, onBody: (bytes: number) => void, onEnd: () => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'head') {
        const end = this.#readHead(chunk, at);
        if (end === undefined) return;
        at = end;
      }
      if (this.#state === 'chunks') {
        this.#tail = (this.#tail + chunk.toString('latin1', Math.max(at, chunk.length - 5))).slice(-5);
        if (chunk.length > at) onBody(chunk.length - at);
        if (this.#tail !== LAST_CHUNK) return;
        at = chunk.length;
      } else {
        const part = Math.min(this.#left, chunk.length - at);
        this.#left -= part;
        at += part;
        if (part > 0) onBody(part);
        if (this.#left > 0) return;
      }
      this.#state = 'head';
      onEnd();
    }
  }

  /** @returns where the body begins in the chunk, or undefined where the head goes on in the next */
  #readHead(chunk: Buffer, at: number): number | undefined {
    const before = this.#head.length;
    this.#head += chunk.toString('latin1', at, Math.min(chunk.length, at + 65_536));
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const head = this.#head.slice(0, end + 2);
    this.#head = '';
    const length = /\r\ncontent-length: *(\d+) *\r\n/i.exec(head)?.[1];
    if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`answered with ${head.split('\r\n', 1)[0]}`);
    if (length === undefined && !CHUNKED.test(head)) throw new Error('answered without a Content-Length');
    this.#state = length === undefined ? 'chunks' : 'length';
    this.#left = Number(length ?? 0);
    this.#tail = '';
    return at + end + 4 - before;
  }
}
