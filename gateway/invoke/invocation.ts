import type { FunctionName } from '../functions/function-name.ts';

/** One call of a function, as the server makes it from a request. */
export interface Invocation {
  readonly name: FunctionName;
  /** Path and query as the caller sent them, without the gateway's prefix. */
  readonly target: string;
  /** Whether the caller sent `Expect: 100-continue` and waits. */
  readonly expectsContinue: boolean;
}

/** Counts calls, for the metrics. */
export interface InvocationObserver {
  /** Is called when a call begins. @param name `NAME.NAMESPACE` */
  started(name: string): void;
  /** Is called once for each call that began, when it ends. */
  ended(name: string, status: number, seconds: number): void;
}

/** The limits on a call, in milliseconds. */
export interface InvocationLimits {
  /** For the time until the function's answer begins, including the wait for an instance; 0: no limit. */
  readonly upstreamTimeout: number;
  /** For the whole body of the caller. */
  readonly readTimeout: number;
  /** For each pause in which the caller does not read the answer. */
  readonly writeTimeout: number;
}
