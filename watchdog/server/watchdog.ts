import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { formatDuration, timerDelay } from '../duration.ts';
import { adoptOrphansSoon } from '../process/native/adopt.ts';
import type { RunnerContext, Runner } from '../runners/runner.ts';
import { loadRunner } from '../runners/load.ts';
import { PlainFront } from '../plain/front.ts';
import { loadAuth } from './auth/load-auth.ts';
import type { JwtAuth } from './auth/jwt-auth.ts';
import { ClientErrors } from './client-errors.ts';
import { declineUpgrade, isRealUpgrade } from './decline-upgrade.ts';
import { Health } from './health.ts';
import { createHttpServer, serve } from './http-server.ts';
import { Limiter } from './limiter.ts';
import { lingerOnClose } from './lingering-close.ts';
import { listen } from './listen.ts';
import { LockFile } from './lock-file.ts';
import { HttpMetrics } from './metrics/http-metrics.ts';
import { MetricsServer } from './metrics/metrics-server.ts';
import { RequestHandler } from './request-handler.ts';
import { removeLockFile, tellStart, writeLockFile } from './start-up.ts';

/** The watchdog from its start to its end. */
export class Watchdog {
  readonly #context: RunnerContext;
  readonly #runner: Runner;
  readonly #server: Server;
  /** In modes whose requests need nothing of Node's. */
  readonly #front: PlainFront | undefined;
  readonly #metricsServer: MetricsServer;
  readonly #handler: RequestHandler;
  readonly #health: Health;
  readonly #lockFile: LockFile | undefined;
  readonly #clientErrors: ClientErrors;
  #isStopping = false;
  /** From here on the function's end is what is wanted. */
  #isDraining = false;

  private constructor(context: RunnerContext, runner: Runner, auth: JwtAuth | undefined) {
    const { settings, logger } = context;
    const limiter = new Limiter(settings.maxInflight);
    const metrics = new HttpMetrics();
    const clientErrors = new ClientErrors(logger);
    this.#clientErrors = clientErrors;
    this.#context = context;
    this.#runner = runner;
    this.#lockFile = settings.suppressLock ? undefined : new LockFile(settings.temporaryFolder);
    this.#health = new Health(this.#lockFile);
    this.#handler = new RequestHandler({
      settings,
      logger,
      runner,
      health: this.#health,
      limiter,
      metrics,
      clientErrors,
      auth,
    });
    this.#metricsServer = new MetricsServer(async () => ({
      http: metrics,
      inFlight: limiter.inFlight,
      starts: runner.starts,
      delay: runner.loopDelay?.(),
      processIds: runner.processIds(),
    }));
    this.#server = createHttpServer(settings);
    serve(this.#server, this.#handler, clientErrors);
    if (runner.upgrade) this.#serveUpgrades();
    if (settings.mode === 'http' && settings.fastPath)
      this.#front = new PlainFront(this.#server, timerDelay(settings.readTimeout), this.#handler.handle);
    this.#server.on('connection', lingerOnClose);
  }

  /**
   * Starts everything: ports first, as they are what most often fails and may need root, then the function, then the lock-file.
   * @throws StartError
   */
  static async start(context: RunnerContext): Promise<Watchdog> {
    const runner = await loadRunner(context);
    const auth = await loadAuth(context.settings, context.logger);
    const watchdog = new Watchdog(context, runner, auth);
    try {
      await watchdog.#start();
      return watchdog;
    } catch (thrown) {
      watchdog.kill();
      throw thrown;
    }
  }

  async #start(): Promise<void> {
    const { settings, logger } = this.#context;
    const port = await listen(this.#server, settings.port, 'port');
    const metricsPort = await this.#metricsServer.listen(settings.metricsPort);
    this.#context.dropPrivileges();
    await this.#runner.start();
    tellStart(logger, settings, port);
    writeLockFile(logger, this.#lockFile);
    this.#health.accept();
    if (settings.mode === 'http' && settings.nativeFork) {
      adoptOrphansSoon({ script: this.#context.script, temporaryFolder: settings.temporaryFolder });
    }
    logger.info(`Metrics listening on port: ${metricsPort}`);
  }

  /** Settles with the reason when the function has ended of itself, and the responses under way are answered. */
  async functionEnded(): Promise<string> {
    const reason = await this.#runner.ended;
    if (this.#isDraining) return new Promise(() => undefined);
    this.#context.logger.error(reason);
    if (!this.#isStopping) this.#markUnhealthy();
    this.#isStopping = true;
    this.#closeListener();
    await this.#handler.close(this.#context.settings.writeTimeout);
    this.kill();
    return reason;
  }

  /**
   * Ends everything in the order that loses no request: health first, the listener after healthcheck_interval, the
   * function when its requests are done.
   * @param reason for the log: the signal's name
   */
  async stop(reason: string): Promise<void> {
    const { settings, logger } = this.#context;
    this.#isStopping = true;
    logger.info(`${reason}: no new connections in ${formatDuration(settings.healthcheckInterval)}`);
    this.#markUnhealthy();
    await new Promise((resolve) => {
      setTimeout(resolve, timerDelay(settings.healthcheckInterval));
    });
    this.#isDraining = true;
    logger.info(`No new connections allowed, draining: ${this.#handler.open} requests`);
    this.#closeListener();
    await this.#handler.close(settings.writeTimeout);
    logger.info(`Exiting. Active connections: ${this.#handler.open}`);
    await this.#runner.stop();
    this.kill();
  }

  /** Ends everything at once. */
  kill(): void {
    this.#isStopping = true;
    this.#isDraining = true;
    this.#runner.kill();
    this.#closeListener();
    this.#front?.closeAll();
    this.#server.closeAllConnections();
    this.#metricsServer.close();
  }

  #closeListener(): void {
    this.#server.close();
    this.#front?.close();
  }

  #markUnhealthy(): void {
    this.#health.refuse();
    removeLockFile(this.#context.logger, this.#lockFile);
  }

  #serveUpgrades(): void {
    this.#server.on('upgrade', (request, stream, head) => {
      const socket = stream as Socket;
      if (this.#clientErrors.closeAfterAnswer(socket)) return; // it was sent behind a request that is not answered yet
      if (isRealUpgrade(request)) void this.#handler.upgrade(request, socket, head);
      else declineUpgrade(this.#server, request, socket, head);
    });
  }
}
