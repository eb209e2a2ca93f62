import type { HttpError } from '../http-error.ts';
import type { Manner } from '../manner.ts';
import type { ExchangeRequest, ExchangeResponse } from './message.ts';

/** The server's view of a request that is being served, in whatever way. */
export interface ServedRequest {
  readonly request: ExchangeRequest;
  readonly response: ExchangeResponse;
  readonly method: string;
  /** The request target as the client sent it, with its query. */
  readonly requestTarget: string;
  /** Why it ended before its time, if it did. */
  readonly failure: HttpError | undefined;
  /** Bytes of the response's body handed to the connection. */
  readonly bytesSent: number;
  /** Seconds since the request's headers were read. */
  readonly seconds: number;
  /** The status that the client got, or that of the failure where the response was broken off. */
  readonly status: number;
  /** Ends it before its time: with an answer where nothing was sent yet, otherwise by breaking the response off. */
  fail(error: HttpError, headers?: readonly string[]): void;
  /** Calls back once the last byte has left, or the connection is gone. Callbacks are called in reverse order. */
  onSettled(settler: () => void): void;
}

/** The facts of a request when it begins. */
export interface RequestOptions {
  readonly manner: Manner;
  /** Milliseconds. */
  readonly readTimeout: number;
  /** Milliseconds. */
  readonly writeTimeout: number;
  /** Whether write_timeout limits each wait for a client that does not read, and not the exchange as a whole. */
  readonly limitsWaitsAlone?: boolean;
  /** The target for the function, where it differs from the client's. */
  readonly target?: string;
  /** The client sent `Expect: 100-continue` and waits. */
  readonly expectsContinue?: boolean;
}
