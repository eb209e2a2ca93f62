import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ExchangeRequest, ExchangeResponse } from '../../common/http/exchange/message.ts';
import type { RequestOptions, ServedRequest } from '../../common/http/exchange/served-request.ts';
import type { LogSink } from '../log/sink.ts';
import type { Logger } from '../log/logger.ts';
import type { UpgradeOutcome } from '../../common/http/upstream/upgrade.ts';
import type { Settings } from '../settings/table.ts';
import type { HttpFunction } from './http/http-function.ts';

/** The first to be asked about an error that nobody caught. */
export interface Uncaught {
  /** @returns whether the error is dealt with; otherwise the watchdog ends */
  take: (thrown: unknown, event: 'uncaughtException' | 'unhandledRejection') => boolean;
}

/** The surroundings that a runner works in. */
export interface RunnerContext {
  readonly settings: Settings;
  readonly logger: Logger;
  /** Takes the lines of the start. With `workers` they are logged once for all processes. */
  readonly announce: (line: string) => void;
  /** The log's streams, which the function's stdout and stderr are copied to. */
  readonly output: { readonly stdout: LogSink; readonly stderr: LogSink };
  /** The environment that the function's processes inherit. */
  readonly environment: Readonly<Record<string, string>>;
  /** The watchdog asks this first about an error that nobody caught; inproc mode puts its own answer here. */
  readonly uncaught: Uncaught;
  /** The path of the script that runs. */
  readonly script: string;
  /** The function of http mode, where another process has started it. */
  readonly httpFunction?: HttpFunction;
}

/** A request that a runner has begun to serve. */
export interface BegunRequest {
  readonly exchange: ServedRequest;
  /** Gives the request to the function. Every request that is run ends, sooner or later. */
  run(): void;
}

/** Runs the function in the way of one mode. */
export interface Runner {
  /**
   * Starts the parts that live as long as the watchdog does.
   * @throws StartError
   */
  start(): Promise<void>;
  /** Whether a request would be served at once. */
  isReady(): boolean | Promise<boolean>;
  /** Begins a request that Node's server has read. */
  begin(request: IncomingMessage, response: ServerResponse, options: RequestOptions): BegunRequest;
  /** Begins a request of the fast path. A runner without this has no fast path. */
  readonly beginFast?:
    | ((request: ExchangeRequest, response: ExchangeResponse, options: RequestOptions) => BegunRequest)
    | undefined;
  /** Carries an upgraded connection. A runner without this serves such a request as if it had not asked. */
  upgrade?(request: IncomingMessage, socket: Socket, head: Buffer): Promise<UpgradeOutcome>;
  /** Settles with the reason when this runner can serve no request any more. In most modes it never settles. */
  readonly ended: Promise<string>;
  /** Process ids of the function's processes that are alive now. */
  processIds(): readonly number[];
  /** How many processes have been started so far. */
  readonly starts: number;
  /** How long the event loop was held up lately, in seconds by quantile. Only where the function runs in it. */
  loopDelay?(): ReadonlyMap<number, number>;
  /** Stops the function's processes, and waits a few seconds for that. */
  stop(): Promise<void>;
  /** Kills them at once. */
  kill(): void;
}

/** For modes that can always go on. */
export const neverEnds: Promise<string> = new Promise(() => undefined);
