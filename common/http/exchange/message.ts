import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Bytes up to which a body goes out in one string with its head: one write of several parts is a writev, which costs
 * more than the copy of so much.
 */
export const MOST_IN_ONE_WRITE = 8 << 10;

/** The request of an exchange: Node's IncomingMessage, or the fast path's FastRequest. */
export interface ExchangeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The target as the client sent it, as Latin-1, where `url` has bytes of it percent-encoded. */
  readonly sentTarget?: string;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn. */
  readonly rawHeaders: string[];
  readonly rawTrailers: string[];
  readonly socket: Socket;
  /** Whether the body has arrived whole. */
  readonly complete: boolean;
  readonly destroyed: boolean;
  /** Bytes of the body that wait to be read. */
  readonly readableLength: number;
  read(): unknown;
  pause(): unknown;
  resume(): unknown;
  isPaused(): boolean;
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  off(event: 'data', listener: (bytes: Buffer) => void): unknown;
  off(event: 'end', listener: () => void): unknown;
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
   * Whether it writes a small body as a string in one piece with the head, and keeps none of the body's bytes. Node's
   * responses do not, and lack the member.
   */
  readonly joinsWrites?: boolean;
  readonly writableFinished: boolean;
  /** Bytes that the kernel has not taken yet. */
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
