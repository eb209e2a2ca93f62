import type { Mode } from '../modes/mode.ts';
import type { RunnerContext } from '../modes/runner.ts';
import type { FunctionFacts } from './metrics/metrics-server.ts';

/** The surroundings of a service: those of its runner, and the mode that makes it. */
export interface ServiceContext extends RunnerContext {
  readonly mode: Mode;
}

/**
 * Serves the port: this process alone (`HttpService`), or a supervisor with its workers (`Supervisor`). The `Watchdog`
 * leads either of them through the life of the program, by these steps in this order.
 */
export interface Service {
  /**
   * Takes the port, still as the user that the watchdog was started as.
   * @returns the port
   * @throws StartError PORT_UNAVAILABLE
   */
  bind(): Promise<number>;
  /**
   * Starts the function, and begins to serve.
   * @throws StartError
   */
  start(): Promise<void>;
  /** Whether the watchdog is to adopt orphans for this service. Otherwise the service does so by itself. */
  readonly needsAdoption: boolean;
  /** Tells the orchestrator from now on that requests are welcome. */
  accept(): void;
  /** Tells the orchestrator from now on to send no more. Requests that come all the same are served. */
  refuse(): void;
  /** Takes no connection any more. Resolves when everything in flight is answered, within write_timeout. */
  drain(): Promise<void>;
  /** Stops the function. Call it when the requests are done. */
  stop(): Promise<void>;
  /** Kills everything at once. */
  kill(): void;
  /** Settles with the reason when the function has ended by itself, where that ends the watchdog. */
  readonly ended: Promise<string>;
  /** How many requests this process itself is serving now, upgraded connections apart. */
  readonly open: number;
  /** How many are being served by all processes. */
  countOpen(): Promise<number>;
  readFacts(): Promise<FunctionFacts>;
}
