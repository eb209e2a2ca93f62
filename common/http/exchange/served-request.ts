import type { HttpError } from '../http-error.ts';
import type { Manner } from '../manner.ts';
import type { ExchangeRequest, ExchangeResponse } from './message.ts';

/** A request that is being served, as the server follows it. */
export interface ServedRequest {
  readonly request: ExchangeRequest;
  readonly response: ExchangeResponse;
  readonly method: string;
  /** The client's request target with its query; bytes of 0x80 and above are percent-encoded. */
  readonly requestTarget: string;
  /** Why it ended early, if it did. */
  readonly failure: HttpError | undefined;
  /** How many bytes of the response's body were passed to the connection. */
  readonly bytesSent: number;
  /** Seconds since the request's headers were read. */
  readonly seconds: number;
  /** The status that the client got, or that of the failure if the response was broken off. */
  readonly status: number;
  /** Ends it early: with an answer if nothing was sent yet, else by breaking the response off. */
  fail(error: HttpError, headers?: readonly string[]): void;
  /** Calls back when the last byte was sent, or the connection has closed. The last callback is called first. */
  onSettled(settler: () => void): void;
}

/** The facts of a request when it begins. */
export interface RequestOptions {
  readonly manner: Manner;
  /** Milliseconds. */
  readonly readTimeout: number;
  /** Milliseconds. */
  readonly writeTimeout: number;
  /** Whether write_timeout limits each wait for a client that does not read, instead of the whole exchange. */
  readonly limitsWaitsAlone?: boolean;
  /** The target for the function, if it differs from the client's. */
  readonly target?: string;
  /** Whether the client sent `Expect: 100-continue` and waits. */
  readonly expectsContinue?: boolean;
}
