import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestOptions, ServedRequest } from '../../common/http/exchange/served-request.ts';
import type { LogSink } from '../log/sink.ts';
import type { Logger } from '../log/logger.ts';
import type { UpgradeOutcome } from '../../common/http/proxy/upgrade.ts';
import type { Settings } from '../settings/table.ts';
import type { Uncaught } from './uncaught.ts';
import type { HttpFunction } from './http/http-function.ts';

/** What a mode needs of its surroundings. */
export interface RunnerContext {
  readonly settings: Settings;
  readonly logger: Logger;
  /** Takes lines of the start, which are told once for all of the watchdog's processes. */
  readonly announce: (line: string) => void;
  /** Tells whoever started the watchdog, where it listens, that requests can come. */
  readonly onListening: (port: number) => void;
  /** Where the function's stdout and stderr go. */
  readonly output: { readonly stdout: LogSink; readonly stderr: LogSink };
  /** What the function's processes inherit. */
  readonly environment: Readonly<Record<string, string>>;
  /** What is asked first about an error that nobody caught; inproc mode puts itself here. */
  readonly uncaught: Uncaught;
  /** The path of the script that runs. */
  readonly script: string;
  /** In http mode: the function, where another process has started it. */
  readonly httpFunction?: HttpFunction;
  /**
   * Makes this process the user that it is to be. To be called when the ports are bound, and before anything of the
   * function's is started or loaded and anything written.
   * @throws StartError USER_UNAVAILABLE
   */
  dropPrivileges(): void;
}

/** How the function is run: a mode of the watchdog. */
export interface Runner {
  /**
   * Starts what lives as long as the watchdog does.
   * @throws StartError
   */
  start(): Promise<void>;
  /** Whether a request would be served at once. */
  isReady(): boolean | Promise<boolean>;
  /** Begins a request, where a mode does so otherwise than by an `Exchange`. */
  begin?(request: IncomingMessage, response: ServerResponse, options: RequestOptions): ServedRequest;
  /** Serves a request that has begun: ends it, sooner or later, in every case. */
  run(exchange: ServedRequest): void;
  /** Carries an upgraded connection; without it an Upgrade header is passed over. */
  upgrade?(request: IncomingMessage, socket: Socket, head: Buffer): Promise<UpgradeOutcome>;
  /** Settles, with the reason, when nothing can be served any more. Never for most modes. */
  readonly ended: Promise<string>;
  /** Process ids of the function's processes alive now. */
  processIds(): readonly number[];
  /** How many processes have been started so far. */
  readonly starts: number;
  /** How long the loop of events was held up of late, in seconds by quantile; where the function runs in it. */
  loopDelay?(): ReadonlyMap<number, number>;
  /** Ends the function's processes gently, and waits for that within a few seconds. */
  stop(): Promise<void>;
  /** Kills them at once. */
  kill(): void;
}

/** For modes that can always go on. */
export const neverEnds: Promise<string> = new Promise(() => undefined);
