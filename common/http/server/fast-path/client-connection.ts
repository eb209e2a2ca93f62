import type { Socket } from 'node:net';
import { watchHalfClosed } from '../../exchange/half-closed.ts';
import { handOver } from '../hand-over.ts';
import { MOST_FAST_HEAD, readRequestHead, type RequestHead } from './request-head.ts';
import { FastRequest } from './fast-request.ts';
import { FastResponse } from './fast-response.ts';

/** Bytes of requests sent behind one that is not answered yet, before the client is left alone. */
const MOST_BEHIND = 64 << 10;

/** What a connection needs of its server. */
export interface ConnectionOwner {
  /** The line of Keep-Alive in responses, where there is one. */
  readonly keepAliveHint: string;
  readonly isClosing: boolean;
  onRequest(request: FastRequest, response: FastResponse): void;
  /** The connection goes on as one of Node's server. */
  handOver(connection: ClientConnection, socket: Socket): void;
  onClosed(connection: ClientConnection): void;
}

/**
 * A client's connection for as long as the fast path takes all its requests. The first that it does not take goes, with the
 * connection, to Node's server, and so does everything behind it.
 */
export class ClientConnection {
  /** Since when it waits for a request, by performance.now(); undefined while it is busy with one. */
  idleSince: number | undefined = performance.now();
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  #request: FastRequest | undefined;
  #response: FastResponse | undefined;
  /** Bytes of the request's body that are still to come. */
  #left = 0;
  #behind: Buffer | undefined;
  /** The client has ended its side. */
  #hasEnded = false;
  /** Whether it is being closed: bytes that still come are thrown away. */
  #isClosing = false;
  #isHandedOver = false;

  constructor(owner: ConnectionOwner, socket: Socket) {
    this.#owner = owner;
    this.#socket = socket;
    socket.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose);
    socket.on('error', ignore).on('drain', this.#onDrain);
  }

  /** Closes it if it waits for a request. */
  closeIfIdle(): void {
    if (this.idleSince !== undefined) this.#socket.destroySoon();
  }

  close(): void {
    this.#socket.destroy();
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#isClosing) return;
    if (!this.#request) return this.#begin(bytes);
    if (this.#left === 0) return this.#hold(bytes);
    const isAll = bytes.length <= this.#left;
    const own = isAll ? bytes : bytes.subarray(0, this.#left);
    if (!isAll) this.#hold(bytes.subarray(this.#left));
    this.#left -= own.length;
    if (!this.#request.push(own) && this.#left > 0) this.#socket.pause();
    if (this.#left === 0) this.#endBody();
  };

  #begin(bytes: Buffer): void {
    const head = this.#owner.isClosing ? undefined : headOf(bytes);
    if (!head) return this.#handOver(bytes);
    const { text, length } = head;
    const request = new FastRequest(text, this.#socket, this.#wantMore);
    const isHead = text.method === 'HEAD';
    const mayPersist = !text.isLast;
    const { keepAliveHint } = this.#owner;
    const response = new FastResponse(this.#socket, isHead, mayPersist, keepAliveHint, this.#onAnswered);
    this.idleSince = undefined;
    this.#request = request;
    this.#response = response;
    this.#left = text.length;
    const rest = bytes.length - length;
    if (rest > 0) {
      const own = Math.min(rest, this.#left);
      this.#left -= own;
      if (own < rest) this.#hold(bytes.subarray(length + own));
      if (own > 0) request.push(bytes.subarray(length, length + own));
      if (this.#left === 0) request.complete = true;
    }
    this.#owner.onRequest(request, response);
  }

  #endBody(): void {
    this.#request?.finish();
    if (this.#response?.writableFinished) this.#next();
  }

  /** Keeps what was sent behind the present request. */
  #hold(bytes: Buffer): void {
    this.#behind = this.#behind ? Buffer.concat([this.#behind, bytes]) : bytes;
    if (this.#behind.length > MOST_BEHIND) this.#socket.pause();
  }

  readonly #wantMore = (): void => {
    if (this.#left > 0) this.#socket.resume();
  };

  readonly #onAnswered = (): void => {
    if (this.#response?.shouldKeepAlive === false || this.#owner.isClosing) this.#closeSoon();
    else if (this.#left === 0) this.#next();
    else this.#socket.resume(); // the rest of the body is thrown away
  };

  /** Goes on to the next request: this one is answered and its body is read. */
  #next(): void {
    this.#request = undefined;
    this.#response = undefined;
    this.idleSince = performance.now();
    const behind = this.#behind;
    this.#behind = undefined;
    if (behind) this.#begin(behind);
    if (this.#hasEnded) this.#onHalfClosed();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  #handOver(bytes: Buffer): void {
    const socket = this.#socket;
    socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    socket.off('error', ignore).off('drain', this.#onDrain);
    this.#isHandedOver = true;
    handOver(socket, bytes, () => this.#owner.handOver(this, socket));
  }

  readonly #onDrain = (): void => {
    this.#response?.emit('drain');
  };

  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    this.#onHalfClosed();
  };

  /** Deals with a client that has sent all that it wants to send, and may still read. */
  #onHalfClosed(): void {
    if (this.#isHandedOver) return;
    const { request, response } = { request: this.#request, response: this.#response };
    if (!request || !response || response.writableFinished) return this.#closeSoon();
    if (this.#left > 0) {
      this.#socket.destroy(); // in the middle of a body
      return;
    }
    if (!this.#behind && !response.headersSent) response.shouldKeepAlive = false;
    watchHalfClosed(this.#socket, request, response, () => response.headersSent);
  }

  #closeSoon(): void {
    this.#isClosing = true;
    this.#behind = undefined;
    this.#socket.destroySoon();
  }

  readonly #onClose = (): void => {
    this.#owner.onClosed(this);
    this.#request?.cut();
    this.#response?.close();
  };
}

function ignore(): void {
  // the close that follows is enough
}

/**
 * @returns the head at the start of the bytes and its length, or undefined where it is not whole or not for the fast
 * path
 */
function headOf(bytes: Buffer): { text: RequestHead; length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1 || end > MOST_FAST_HEAD) return undefined;
  const text = readRequestHead(bytes.toString('latin1', 0, end + 2));
  return text && { text, length: end + 4 };
}
