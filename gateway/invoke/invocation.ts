import type { FunctionName } from '../functions/function-name.ts';

/** One call of a function, as the server's routes make it from a request. */
export interface Invocation {
  readonly name: FunctionName;
  /** The target for the function: path and query as the caller sent them, without the gateway's prefix. */
  readonly target: string;
  /** The caller sent `Expect: 100-continue` and waits. */
  readonly expectsContinue: boolean;
}

/** Hears of calls, for the metrics. */
export interface InvocationObserver {
  /** A call begins. @param name `NAME.NAMESPACE` */
  started(name: string): void;
  /** A call has ended. Called once for each call that began. */
  ended(name: string, status: number, seconds: number): void;
}

/** The limits on a call, in milliseconds. */
export interface InvocationLimits {
  /** For the time until the function's answer begins, including the wait for an instance. */
  readonly upstreamTimeout: number;
  /** For the whole body of the caller. */
  readonly readTimeout: number;
  /** For each wait for a caller that does not read. */
  readonly writeTimeout: number;
}
