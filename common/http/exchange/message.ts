import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The largest body that is sent in one string with its head, in bytes. A write of several parts is a writev, which
 * costs more than the copy of such a body.
 */
export const MOST_IN_ONE_WRITE = 8 << 10;

/** The request of an exchange: Node's IncomingMessage, or the fast path's FastRequest. */
export interface ExchangeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The target as the client sent it, as Latin-1, if `url` has some of its bytes percent-encoded. */
  readonly sentTarget?: string;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values alternate. */
  readonly rawHeaders: string[];
  readonly rawTrailers: string[];
  readonly socket: Socket;
  /** Whether the body has arrived whole. */
  readonly complete: boolean;
  readonly destroyed: boolean;
  /** How many bytes of the body wait to be read. */
  readonly readableLength: number;
  /**
   * Is called by a listener of `data` that does not use the bytes any more, so that their buffer can take others. Missing
   * in Node's requests, which read into new ones.
   */
  releaseBytes?(): void;
  read(): unknown;
  pause(): unknown;
  resume(): unknown;
  isPaused(): boolean;
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  off(event: 'data', listener: (bytes: Buffer) => void): unknown;
}

/** The response of an exchange: Node's ServerResponse, or the fast path's FastResponse. */
export interface ExchangeResponse {
  statusCode: number;
  statusMessage: string;
  shouldKeepAlive: boolean;
  readonly socket: Socket | null;
  readonly headersSent: boolean;
  readonly chunkedEncoding: boolean;
  readonly destroyed: boolean;
  /**
   * Whether it writes a small body as one string with the head, and so does not keep the body's bytes. Missing in
   * Node's responses, which do not.
   */
  readonly joinsWrites?: boolean;
  readonly writableFinished: boolean;
  /** How many bytes the kernel has not taken yet. */
  readonly writableLength: number;
  writeHead(status: number, headers: string[]): unknown;
  writeHead(status: number, reason: string, headers: string[]): unknown;
  hasHeader(name: string): boolean;
  flushHeaders(): void;
  write(bytes: Buffer | string, encoding?: BufferEncoding): boolean;
  end(last?: Buffer): unknown;
  addTrailers(trailers: [string, string][]): void;
  writeContinue(): void;
  writeProcessing(): void;
  writeEarlyHints(hints: Record<string, string[]>): void;
  destroy(): unknown;
  on(event: 'close', listener: () => void): unknown;
  once(event: 'close' | 'finish' | 'drain' | 'socket', listener: () => void): unknown;
}
