import { ServerResponse } from 'node:http';
import { MOST_IN_ONE_WRITE } from '../../../common/http/exchange/message.ts';
import { behindHead, flushedAsLatin1 } from './header-bytes.ts';
import { announcedLength, headFault } from './response-framing.ts';

/** Watches a response that is lent to the function. */
export interface ResponseWatcher {
  /** How many bytes of the body were handed to the connection. */
  readonly bytesSent: number;
  /** Called when bytes of the body were handed to the connection. */
  sent(bytes: number): void;
  /** Called where the head cannot be sent. @param fault the reason */
  refused(fault: string): void;
  /** Called where the function ends a body before the length that its head says. */
  fellShort(length: number): void;
  /**
   * Called when the function gives the response up.
   * @returns whether the client gets an answer instead, because nothing was sent yet
   */
  givenUp(): boolean;
  /** Called when the last byte has left, or the connection is gone. */
  closed(): void;
}

/** A response with its watcher, and with private fields of Node: the head as text, and whether it is on its way. */
interface LentResponse extends ServerResponse {
  watcher?: ResponseWatcher;
  readonly _header?: string | null;
  readonly _headerSent?: boolean;
}

type Write = (this: ServerResponse, chunk?: unknown, encoding?: unknown, callback?: unknown) => boolean;
type End = (this: ServerResponse, chunk?: unknown, encoding?: unknown, callback?: unknown) => ServerResponse;

const { destroy, flushHeaders } = ServerResponse.prototype;
const write = ServerResponse.prototype.write as Write;
const end = ServerResponse.prototype.end as End;

/**
 * Tells the watcher when the response has ended. One function serves all responses, as a closure for each would cost.
 */
export function watchClose(response: ServerResponse, watcher: ResponseWatcher): void {
  (response as LentResponse).watcher = watcher;
  response.on('close', onClose);
}

/** Tells the watcher about calls. It replaces methods on the response itself, as frameworks change its prototype. */
export function watchCalls(response: ServerResponse): void {
  response.write = countedWrite;
  response.end = countedEnd;
  response.flushHeaders = latin1FlushHeaders;
  response.destroy = toldDestroy;
}

/** Whether any byte is on its way to the client; `headersSent` is true before that. */
export function hasBegun(response: ServerResponse): boolean {
  return (response as LentResponse)._headerSent ?? response.headersSent;
}

/**
 * Whether the client can tell a part of the body from the whole, in whatever way the function has written the head.
 */
export function isDelimited(response: ServerResponse): boolean {
  if (response.chunkedEncoding || response.hasHeader('content-length')) return true;
  return /\r\ncontent-length:/i.test((response as LentResponse)._header ?? '');
}

function onClose(this: LentResponse): void {
  this.watcher?.closed();
}

const countedWrite = function countedWrite(this: LentResponse, ...args: Parameters<Write>): boolean {
  if (isRefused(this)) return write.apply(this, args);
  const size = keepLength(args, announcedLength(this), this.watcher);
  this.watcher?.sent(size);
  args[0] = behindHead(this, args[0], args[1], undefined);
  return write.apply(this, args);
} as ServerResponse['write'];

const countedEnd = function countedEnd(this: LentResponse, ...args: Parameters<End>): ServerResponse {
  if (this.writableEnded || isRefused(this)) return end.apply(this, args);
  const length = announcedLength(this);
  const size = keepLength(args, length, this.watcher);
  this.watcher?.sent(size);
  if (length !== undefined && (this.watcher?.bytesSent ?? length) < length) {
    this.watcher?.fellShort(length);
    return end.apply(this, args);
  }
  if (size > 0) args[0] = behindHead(this, args[0], args[1], size);
  if (size === 0 || size > MOST_IN_ONE_WRITE || args.length > 2 || !this.socket || !isSized(this))
    return end.apply(this, args);
  return endInOneWrite(this, args[0], args[1] as BufferEncoding | undefined);
} as ServerResponse['end'];

/** Whether the head cannot be sent. Then the client gets an answer instead, and what the function writes goes nowhere. */
function isRefused(response: LentResponse): boolean {
  if (hasBegun(response) || response.destroyed) return false;
  const fault = headFault(response);
  if (fault !== undefined) response.watcher?.refused(fault);
  return fault !== undefined;
}

/**
 * Cuts a chunk of the body where the length ends that the head says, as the rest would be taken for another response.
 * @param args of write or end; the chunk is replaced
 * @param length in bytes; undefined where the head says none
 * @returns the size of the chunk, in bytes
 */
function keepLength(
  args: Parameters<Write>,
  length: number | undefined,
  watcher: ResponseWatcher | undefined,
): number {
  const size = sizeOf(args[0], args[1]);
  const room = length === undefined ? size : length - (watcher?.bytesSent ?? 0);
  if (size <= room) return size;
  const [chunk, encoding] = args;
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encodingOf(encoding)) : (chunk as Uint8Array);
  args[0] = bytes.subarray(0, room);
  return room;
}

/** Whether the head is written with the body's length, or can be, and Node need not compare them. */
function isSized(response: ServerResponse): boolean {
  if (response.strictContentLength) return false;
  if (!response.headersSent)
    return response.hasHeader('content-length') && !response.hasHeader('transfer-encoding');
  return !response.chunkedEncoding;
}

const toldDestroy = function toldDestroy(this: LentResponse, error?: Error): ServerResponse {
  return this.watcher?.givenUp() === true ? this : destroy.call(this, error);
} as ServerResponse['destroy'];

const latin1FlushHeaders = function latin1FlushHeaders(this: LentResponse): void {
  if (!isRefused(this) && !flushedAsLatin1(this)) flushHeaders.call(this);
} as ServerResponse['flushHeaders'];

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') {
    return Buffer.byteLength(chunk, encodingOf(encoding));
  }
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}

function encodingOf(encoding: unknown): BufferEncoding {
  return typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8';
}

/**
 * Ends a response with a small body. Node's end() writes head, body and an empty chunk, as one writev of several parts.
 * One string of head and body costs less.
 */
function endInOneWrite(
  response: ServerResponse,
  body: unknown,
  encoding: BufferEncoding | undefined,
): ServerResponse {
  const { socket } = response;
  socket?.cork();
  if (typeof body === 'string') write.call(response, body, encoding ?? 'utf8');
  else write.call(response, latin1Of(body as Uint8Array), 'latin1');
  socket?.uncork();
  return end.call(response);
}

function latin1Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}
