import type { FunctionName } from '../functions/function-name.ts';

/** One call of a function, as the routes of the server make it of a request. */
export interface Invocation {
  readonly name: FunctionName;
  /** What the function is asked for: path and query as the caller sent them, without the gateway's prefix. */
  readonly target: string;
  /** The caller sent `Expect: 100-continue` and waits. */
  readonly expectsContinue: boolean;
}

/** What is told of calls to the metrics. */
export interface InvocationObserver {
  /** A call begins. @param name `NAME.NAMESPACE` */
  started(name: string): void;
  /** A call has ended; each that began, once. */
  ended(name: string, status: number, seconds: number): void;
}

/** The limits on a call, in milliseconds. */
export interface InvocationLimits {
  /** Until the function's answer begins, the wait for an instance included. */
  readonly upstreamTimeout: number;
  /** For the caller's body, in all. */
  readonly readTimeout: number;
  /** For each wait for a caller that does not read. */
  readonly writeTimeout: number;
}
