/**
 * Reads the least of HTTP that a client needs: heads of answers with a Content-Length, and the number of bytes of
 * bodies.
 */
export class AnswerReader {
  #head = '';
  #left = 0;
  #isBody = false;

  /**
   * @param chunk the next bytes
   * @param onBody called for each part of a body
   * @param onEnd called at the end of each answer
   * @throws Error for an answer other than 200, or one without a Content-Length
   */
  read(chunk: Buffer, onBody: (bytes: number) => void, onEnd: () => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (!this.#isBody) {
        const end = this.#readHead(chunk, at);
        if (end === undefined) return;
        at = end;
      }
      const part = Math.min(this.#left, chunk.length - at);
      this.#left -= part;
      at += part;
      if (part > 0) onBody(part);
      if (this.#left > 0) return;
      this.#isBody = false;
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
    if (length === undefined) throw new Error('answered without a Content-Length');
    this.#left = Number(length);
    this.#isBody = true;
    return at + end + 4 - before;
  }
}
