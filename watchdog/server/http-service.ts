import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../common/duration.ts';
import { PlainFront } from '../../common/http/plain/front.ts';
import { loadRunner } from '../modes/modes.ts';
import type { Runner, RunnerContext } from '../modes/runner.ts';
import type { JwtAuth } from './auth/jwt-auth.ts';
import { loadAuth } from './auth/load-auth.ts';
import { ClientErrors } from '../../common/http/server/client-errors.ts';
import { declineUpgrade, isRealUpgrade } from '../../common/http/server/decline-upgrade.ts';
import { RequestGate } from '../../common/http/server/gate/request-gate.ts';
import type { Health } from './health.ts';
import { createHttpServer, serve } from '../../common/http/server/http-server.ts';
import { Limiter } from './limiter.ts';
import { lingerOnClose } from '../../common/http/server/lingering-close.ts';
import { watchdogManner } from '../manner.ts';
import { HttpMetrics } from './metrics/http-metrics.ts';
import type { FunctionFacts } from './metrics/metrics-server.ts';
import { isForItself, RequestHandler } from './request-handler.ts';

/**
 * What serves requests: the runner of the mode with an HTTP server in front of it. Ports, lock-file, metrics and
 * signals are the watchdog's, of which there is one; of this there is one in each process that serves.
 */
export class HttpService {
  readonly runner: Runner;
  /** To be made listen. */
  readonly server: Server;
  /** In modes whose requests need nothing of Node's. */
  readonly #front: PlainFront | undefined;
  readonly #handler: RequestHandler;
  readonly #clientErrors: ClientErrors;
  readonly #limiter: Limiter;
  readonly #metrics = new HttpMetrics();
  readonly #writeTimeout: number;

  private constructor(
    { settings, logger }: RunnerContext,
    health: Health,
    maxInflight: number,
    runner: Runner,
    auth: JwtAuth | undefined,
  ) {
    this.runner = runner;
    this.#writeTimeout = settings.writeTimeout;
    this.#limiter = new Limiter(maxInflight, settings.maxInflight);
    this.#clientErrors = new ClientErrors(watchdogManner, (line) => logger.error(line));
    this.#handler = new RequestHandler({
      settings,
      logger,
      runner,
      health,
      limiter: this.#limiter,
      metrics: this.#metrics,
      clientErrors: this.#clientErrors,
      auth,
    });
    this.server = createHttpServer(settings.readTimeout);
    const gate = new RequestGate(this.server, this.#clientErrors, settings.readTimeout);
    serve(this.server, this.#handler, this.#clientErrors, gate);
    if (runner.upgrade) this.#serveUpgrades(gate);
    if (settings.mode === 'http' && settings.fastPath)
      this.#front = new PlainFront(this.server, timerDelay(settings.readTimeout), this.#handler.handle);
    this.server.on('connection', lingerOnClose);
  }

  /**
   * Loads what the mode needs. The runner is not started yet.
   * @param maxInflight how many requests may be in flight here: max_inflight, or a part of it
   * @throws StartError AUTHORITY_UNAVAILABLE
   */
  static async load(
    context: RunnerContext,
    health: Health,
    maxInflight = context.settings.maxInflight,
  ): Promise<HttpService> {
    const runner = await loadRunner(context);
    const auth = await loadAuth(context.settings, context.logger, context.announce);
    return new HttpService(context, health, maxInflight, runner, auth);
  }

  /** Requests that are being served now; upgraded connections are not among them. */
  get open(): number {
    return this.#handler.open;
  }

  get facts(): FunctionFacts {
    return {
      http: this.#metrics,
      inFlight: this.#limiter.inFlight,
      starts: this.runner.starts,
      delay: this.runner.loopDelay?.(),
      processIds: this.runner.processIds(),
    };
  }

  /** Takes no connection any more. Resolves when what is in flight is answered, within write_timeout. */
  async drain(): Promise<void> {
    this.#closeListener();
    await this.#handler.close(this.#writeTimeout);
  }

  /** Ends everything at once. */
  kill(): void {
    this.runner.kill();
    this.#closeListener();
    this.#front?.closeAll();
    this.server.closeAllConnections();
  }

  #closeListener(): void {
    this.server.close();
    this.#front?.close();
  }

  #serveUpgrades(gate: RequestGate): void {
    this.server.on('upgrade', (request, stream, read) => {
      const socket = stream as Socket;
      const head = Buffer.concat([read, gate.release(socket)]);
      if (isRealUpgrade(request) && !isForItself(request)) void this.#handler.upgrade(request, socket, head);
      else declineUpgrade(this.server, request, socket, head);
    });
  }
}
