import type { FunctionName } from '../functions/function-name.ts';

/** The address at which one instance of a function takes requests. */
export interface Endpoint {
  /** The instance's name, as in its log lines. */
  readonly instance: string;
  readonly host: string;
  readonly port: number;
  /** Precedes the path of a request: usually '', for a remote provider `/function/NAME.NAMESPACE`. */
  readonly basePath: string;
  /** Aborts when nothing takes requests there any more; undefined where the provider does not tell. */
  readonly gone?: AbortSignal;
  /** Finds out whether the instance has ended unnoticed; undefined where the provider cannot. */
  readonly look?: () => void;
}

/** The place of one call at an instance. It must be released when the call is over, however it ended. */
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
   * Takes a place at once, at the ready instance with the fewest calls in flight. Doubted instances come last.
   * @returns undefined where no instance is ready, or the function is unknown; then `wait` decides
   */
  take(name: FunctionName): Place | undefined;
  /**
   * Waits for a ready instance. A function at zero is started, once for all calls that wait.
   * @param signal ends the wait, when the caller has gone or a timeout has passed
   * @throws GatewayError FUNCTION_UNKNOWN, FUNCTION_UNAVAILABLE, or the signal's reason
   */
  wait(name: FunctionName, signal: AbortSignal): Promise<Place>;
  /** @returns how many calls of a function are in flight or wait */
  load(name: FunctionName): number;
}
