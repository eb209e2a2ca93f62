import type { Socket } from 'node:net';
import { watchHalfClosed } from '../../exchange/half-closed.ts';
import { readWholeHead } from '../../field-lines.ts';
import { handOver } from '../hand-over.ts';
import { lingerOnClose } from '../lingering-close.ts';
import { readInto, streamAsUsual } from './read-into.ts';
import { MOST_FAST_HEAD, readRequestHead } from './request-head.ts';
import { FastRequest } from './fast-request.ts';
import { FastResponse } from './fast-response.ts';

/** How many bytes of further requests are held before the socket is paused, while one is not answered yet. */
const MOST_BEHIND = 64 << 10;

/** How many bytes are searched for the end of a head: the largest, and the empty line after it. */
const MOST_READ = MOST_FAST_HEAD + 4;

/** The buffer of reads, except those of a body, which get a buffer of their own. Bytes are copied to outlive a read. */
const SHARED = Buffer.allocUnsafeSlow(64 << 10);

/** The size of a buffer that one connection gets for itself while it receives a body, in bytes. */
const OWN_BYTES = 64 << 10;

/** The server of a connection. */
export interface ConnectionOwner {
  /** The line of Keep-Alive in responses; '' for none. */
  readonly keepAliveHint: string;
  readonly isClosing: boolean;
  onRequest(request: FastRequest, response: FastResponse): void;
  /** Passes a connection on to Node's server. */
  handOver(connection: ClientConnection, socket: Socket): void;
  onClosed(connection: ClientConnection): void;
}

/**
 * A client's connection, as long as the fast path reads its requests. At the first request that it does not read, the
 * connection is handed over to Node's server for good.
 */
export class ClientConnection {
  /** Since when the connection has been idle, by performance.now(); undefined while it has a request. */
  idleSince: number | undefined = performance.now();
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  #request: FastRequest | undefined;
  #response: FastResponse | undefined;
  /** How many bytes of the request's body are missing. */
  #left = 0;
  /** When the request was whole, by performance.now(). */
  #wholeAt = 0;
  #behind: Buffer | undefined;
  /** Whether the client has ended its side. */
  #hasEnded = false;
  /** Whether the connection is being closed. Bytes that still come are discarded. */
  #isClosing = false;
  #isHandedOver = false;
  /** The buffer of this connection alone; undefined while it uses the shared one. */
  #own: Buffer | undefined;
  /** The buffer that holds the bytes of the present read; undefined where they have one for themselves. */
  #lent: 'shared' | 'own' | undefined;

  constructor(owner: ConnectionOwner, accepted: Socket) {
    this.#owner = owner;
    const onread = { buffer: () => this.#own ?? SHARED, callback: this.#onRead };
    const socket = readInto(accepted, onread) ?? accepted.on('data', this.#onData);
    this.#socket = socket;
    lingerOnClose(socket);
    socket.on('end', this.#onEnd).on('close', this.#onClose);
    socket.on('error', ignore).on('drain', this.#onDrain);
  }

  /** Closes the connection if it is idle. */
  closeIfIdle(): void {
    if (this.idleSince !== undefined) this.#socket.destroySoon();
  }

  close(): void {
    this.#socket.destroy();
  }

  readonly #onRead = (length: number, buffer: Uint8Array): boolean => {
    const bytes = (buffer as Buffer).subarray(0, length);
    if (this.#isHandedOver) return this.#passOn(bytes, buffer === SHARED);
    this.#lent = buffer === SHARED ? 'shared' : 'own';
    this.#onData(bytes);
    this.#lent = undefined;
    return true;
  };

  /** Passes bytes on to the present reader of the connection. Many have a buffer of their own, and few are copied. */
  #passOn(bytes: Buffer, isShared: boolean): boolean {
    const areMany = bytes.length >= OWN_BYTES / 2;
    this.#own = areMany ? Buffer.allocUnsafeSlow(OWN_BYTES) : undefined;
    return this.#socket.push(areMany && !isShared ? bytes : Buffer.from(bytes));
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#isClosing) return;
    if (!this.#request) return this.#begin(bytes);
    if (this.#left === 0) return this.#hold(bytes);
    const isAll = bytes.length <= this.#left;
    const own = isAll ? bytes : bytes.subarray(0, this.#left);
    if (!isAll) this.#hold(bytes.subarray(this.#left));
    this.#left -= own.length;
    const takesMore = this.#request.push(this.#lent === 'shared' ? Buffer.from(own) : own);
    if (!takesMore && this.#left > 0) this.#socket.pause();
    if (this.#left === 0) this.#endBody();
    else if (this.#request.usesBytes) this.#own = this.#bufferForBody();
  };

  #begin(bytes: Buffer): void {
    const read = this.#owner.isClosing ? undefined : readWholeHead(bytes, MOST_READ, readRequestHead);
    if (!read) return this.#handOver(bytes);
    const { head, length } = read;
    const request = new FastRequest(head, this.#socket, this.#wantMore);
    const isHead = head.method === 'HEAD';
    const mayPersist = !head.isLast;
    const { keepAliveHint } = this.#owner;
    const response = new FastResponse(this.#socket, isHead, mayPersist, keepAliveHint, this.#onAnswered);
    this.idleSince = undefined;
    this.#request = request;
    this.#response = response;
    this.#left = head.length;
    const rest = bytes.length - length;
    if (rest > 0) {
      const own = Math.min(rest, this.#left);
      this.#left -= own;
      if (own < rest) this.#hold(bytes.subarray(length + own));
      if (own > 0) request.push(this.#kept(bytes.subarray(length, length + own)));
      if (this.#left === 0) request.complete = true;
    }
    if (this.#left > 0) this.#own = this.#bufferForBody();
    else this.#wholeAt = performance.now();
    this.#owner.onRequest(request, response);
  }

  #bufferForBody(): Buffer {
    return Buffer.allocUnsafeSlow(Math.min(this.#left, OWN_BYTES));
  }

  /** @returns the bytes of the present read, to be used after it */
  #kept(bytes: Buffer): Buffer {
    return this.#lent ? Buffer.from(bytes) : bytes;
  }

  #endBody(): void {
    this.#own = undefined;
    this.#wholeAt = performance.now();
    this.#request?.finish();
    if (this.#response?.writableFinished) this.#next();
  }

  /** Keeps bytes that were sent after the present request. */
  #hold(bytes: Buffer): void {
    this.#behind = this.#behind ? Buffer.concat([this.#behind, bytes]) : this.#kept(bytes);
    if (this.#behind.length > MOST_BEHIND) this.#socket.pause();
  }

  readonly #wantMore = (): void => {
    if (this.#left > 0) this.#socket.resume();
  };

  readonly #onAnswered = (): void => {
    if (this.#response?.shouldKeepAlive === false || this.#owner.isClosing) this.#closeSoon();
    else if (this.#left === 0) this.#next();
    else this.#socket.resume(); // the rest of the body is discarded
  };

  /** Goes on to the next request, after this one was answered and its body was read. */
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
    this.#own = undefined;
    streamAsUsual(socket);
    handOver(socket, this.#kept(bytes), () => this.#owner.handOver(this, socket));
  }

  readonly #onDrain = (): void => {
    this.#response?.emit('drain');
  };

  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    this.#onHalfClosed();
  };

  /** Handles a client that has ended its side of the connection, but may still read. */
  #onHalfClosed(): void {
    if (this.#isHandedOver) return;
    const { request, response } = { request: this.#request, response: this.#response };
    if (!request || !response || response.writableFinished) return this.#closeSoon();
    if (this.#left > 0) {
      this.#socket.destroy(); // in the middle of a body
      return;
    }
    if (!this.#behind && !response.headersSent) response.shouldKeepAlive = false;
    const sinceRequest = performance.now() - this.#wholeAt;
    watchHalfClosed(this.#socket, request, response, () => response.headersSent, sinceRequest);
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
  // a close event follows
}
