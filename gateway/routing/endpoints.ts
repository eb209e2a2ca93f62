import type { FunctionName } from '../functions/function-name.ts';

/** The place where one instance of a function takes requests. */
export interface Endpoint {
  /** The instance's name, as in its log lines. */
  readonly instance: string;
  readonly host: string;
  readonly port: number;
  /** Precedes a request's path, usually ''. A provider behind HTTP has `/function/NAME.NAMESPACE`. */
  readonly basePath: string;
  /** Aborts when nothing takes requests there any more; undefined where nobody hears of that. */
  readonly gone?: AbortSignal;
}

/** One call's place at an instance. Give it back when the call is over, however it ended. */
export interface Place {
  readonly endpoint: Endpoint;
  /** Counts the call as over. A second call does nothing. */
  release(): void;
  /** Tells that the endpoint took no connection: for a while other instances go before it. */
  doubt(): void;
}

/** Finds instances for calls. */
export interface Endpoints {
  /**
   * Takes a place at once, at the ready instance with the fewest calls in flight, of those that are not doubted.
   * @returns undefined where none is ready, or the function is not known here: `wait` finds out
   */
  take(name: FunctionName): Place | undefined;
  /**
   * Waits for an instance that is ready, and starts one where the function is at zero. Many callers share one start.
   * @param signal ends the wait: the caller went away, or a time limit passed
   * @throws GatewayError FUNCTION_UNKNOWN, FUNCTION_UNAVAILABLE, or the signal's reason
   */
  wait(name: FunctionName, signal: AbortSignal): Promise<Place>;
  /** Calls in flight and waiting, over all instances. */
  load(name: FunctionName): number;
}
