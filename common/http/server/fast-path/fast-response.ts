import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { MOST_IN_ONE_WRITE, type ExchangeResponse } from '../../exchange/message.ts';
import { FastMessage, type Listener } from './fast-message.ts';

/**
 * Matches characters that a field value must not have, such as line breaks (the same check as Node's).
 */
const NO_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

const NO_NAME = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;

const END_OF_CHUNKS = '0\r\n';

let date = '';
let dateUntil = 0;

/** @returns the value of Date (RFC 9110, section 6.6.1). It is made once per second. */
function dateNow(): string {
  const now = Date.now();
  if (now >= dateUntil) {
    date = new Date(now).toUTCString();
    dateUntil = now - (now % 1000) + 1000;
  }
  return date;
}

/** A response of the fast path. It sends the same bytes as Node's ServerResponse, with fewer and larger writes. */
export class FastResponse extends FastMessage implements ExchangeResponse {
  readonly socket: Socket;
  statusCode = 200;
  statusMessage = '';
  /** Whether another request may follow on the connection. */
  shouldKeepAlive: boolean;
  /** Whether its first byte was sent. Until then the head can be replaced by another. */
  headersSent = false;
  chunkedEncoding = false;
  destroyed = false;
  writableFinished = false;
  readonly #isHead: boolean;
  readonly #keepAliveHint: string;
  readonly #onFinished: () => void;
  /** The first listener of `close`, which every response has: its exchange. */
  #onClose: Listener | undefined;
  #hasBody = true;
  #hasLength = false;
  /** The head, which is sent together with the first bytes of the body. */
  #head = '';
  #hasEnded = false;
  #trailers = '';

  /**
   * @param isHead whether it answers a HEAD
   * @param keepAliveHint the line of Keep-Alive; '' for none
   * @param onFinished is called when the kernel has the last byte
   */
  constructor(
    socket: Socket,
    isHead: boolean,
    mayPersist: boolean,
    keepAliveHint: string,
    onFinished: () => void,
  ) {
    super();
    this.socket = socket;
    this.#isHead = isHead;
    this.shouldKeepAlive = mayPersist;
    this.#keepAliveHint = keepAliveHint;
    this.#onFinished = onFinished;
  }

  override on(event: string, listener: Listener): this {
    if (event !== 'close' || this.#onClose) return super.on(event, listener);
    this.#onClose = listener;
    return this;
  }

  get joinsWrites(): boolean {
    return true;
  }

  get writableLength(): number {
    return this.socket.writableLength;
  }

  hasHeader(name: string): boolean {
    return name === 'content-length' && this.#hasLength;
  }

  writeHead(status: number, reason: string | string[], fields?: string[]): this {
    const headers = typeof reason === 'string' ? (fields ?? []) : reason;
    const phrase = typeof reason === 'string' ? reason : (STATUS_CODES[status] ?? 'unknown');
    if (status < 100 || status > 999) throw new RangeError(`Invalid status code: ${status}`);
    if (NO_VALUE.test(phrase)) throw new TypeError('Invalid character in statusMessage');
    let head = `HTTP/1.1 ${status} ${phrase}\r\n`;
    this.#hasLength = false;
    let hasDate = false;
    let hasConnection = false;
    for (let at = 0; at + 1 < headers.length; at += 2) {
      const name = headers[at] ?? '';
      const value = headers[at + 1] ?? '';
      if (name === '' || NO_NAME.test(name))
        throw new TypeError(`Header name must be a valid HTTP token ["${name}"]`);
      if (NO_VALUE.test(value)) throw new TypeError(`Invalid character in header content ["${name}"]`);
      head += `${name}: ${value}\r\n`;
      if (name.length === 4) hasDate ||= name.toLowerCase() === 'date';
      else if (name.length === 14) this.#hasLength ||= name.toLowerCase() === 'content-length';
      else if (name.length === 10 && name.toLowerCase() === 'connection') {
        hasConnection = true;
        if (value.toLowerCase() === 'close') this.shouldKeepAlive = false;
      }
    }
    this.statusCode = status;
    this.statusMessage = phrase;
    this.#hasBody = !this.#isHead && status !== 204 && status !== 304;
    if (!hasDate) head += `Date: ${dateNow()}\r\n`;
    if (!hasConnection) {
      head += this.shouldKeepAlive
        ? `Connection: keep-alive\r\n${this.#keepAliveHint}`
        : 'Connection: close\r\n';
    }
    this.chunkedEncoding = this.#hasBody && !this.#hasLength;
    if (this.chunkedEncoding) head += 'Transfer-Encoding: chunked\r\n';
    this.#head = `${head}\r\n`;
    return this;
  }

  flushHeaders(): void {
    if (this.#head === '' || this.destroyed) return;
    this.socket.write(this.#takeHead(), 'latin1');
  }

  write(body: Buffer | string): boolean {
    if (this.destroyed) return true;
    const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
    if (!this.#hasBody || bytes.length === 0) {
      this.flushHeaders();
      return true;
    }
    if (bytes.length <= MOST_IN_ONE_WRITE) return this.socket.write(this.#withFrame(bytes, ''), 'latin1');
    if (this.#head === '' && !this.chunkedEncoding) return this.socket.write(bytes);
    return this.#writeLarge(bytes);
  }

  /** Writes a body that is too large to be copied into a string with its head. */
  #writeLarge(bytes: Buffer): boolean {
    const { socket } = this;
    const frame = this.chunkedEncoding ? `${bytes.length.toString(16)}\r\n` : '';
    socket.cork();
    socket.write(this.#takeHead() + frame, 'latin1');
    const takesMore = socket.write(bytes);
    const isDone = !this.chunkedEncoding || socket.write('\r\n', 'latin1');
    socket.uncork();
    return takesMore && isDone;
  }

  end(last?: Buffer): this {
    if (this.#hasEnded || this.destroyed) return this;
    const closing = this.chunkedEncoding ? `${END_OF_CHUNKS}${this.#trailers}\r\n` : '';
    this.#hasEnded = true;
    let text = '';
    if (last && last.length > 0 && this.#hasBody && last.length <= MOST_IN_ONE_WRITE) {
      text = this.#withFrame(last, closing);
    } else {
      if (last && last.length > 0) this.write(last);
      text = this.#takeHead() + closing;
    }
    this.socket.write(text, 'latin1', this.#finished);
    return this;
  }

  /** Adds trailers, which `end` sends. */
  addTrailers(trailers: [string, string][]): void {
    for (const [name, value] of trailers) {
      if (NO_NAME.test(name) || NO_VALUE.test(value)) throw new TypeError(`Invalid trailer ["${name}"]`);
      this.#trailers += `${name}: ${value}\r\n`;
    }
  }

  writeContinue(): void {
    this.#writeInformation('HTTP/1.1 100 Continue\r\n');
  }

  writeProcessing(): void {
    this.#writeInformation('HTTP/1.1 102 Processing\r\n');
  }

  writeEarlyHints(hints: Record<string, string[]>): void {
    let lines = 'HTTP/1.1 103 Early Hints\r\n';
    for (const [name, values] of Object.entries(hints)) {
      const value = values.join(', ');
      if (NO_NAME.test(name) || NO_VALUE.test(value)) throw new TypeError(`Invalid hint ["${name}"]`);
      lines += `${name === 'link' ? 'Link' : name}: ${value}\r\n`;
    }
    this.#writeInformation(lines);
  }

  destroy(): this {
    this.socket.destroy();
    return this;
  }

  /** Is called when the connection has closed, or the response is finished. */
  close(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#onClose?.();
    this.emit('close');
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    this.headersSent = true;
    return head;
  }

  #writeInformation(lines: string): void {
    if (!this.headersSent && !this.destroyed) this.socket.write(`${lines}\r\n`, 'latin1');
  }

  #withFrame(bytes: Buffer, closing: string): string {
    const head = this.#takeHead();
    const text = bytes.toString('latin1', 0, bytes.length);
    if (!this.chunkedEncoding) return head + text;
    return `${head}${bytes.length.toString(16)}\r\n${text}\r\n${closing}`;
  }

  readonly #finished = (error?: Error | null): void => {
    if (error || this.destroyed) return; // the close of the connection follows
    this.writableFinished = true;
    this.emit('finish');
    this.close();
    this.#onFinished();
  };
}
