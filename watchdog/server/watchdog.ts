import { formatDuration, timerDelay } from '../../common/duration.ts';
import { adoptOrphansSoon } from '../process/native/adopt.ts';
import type { RunnerContext } from '../modes/runner.ts';
import { Health } from './health.ts';
import { HttpService } from './http-service.ts';
import { listen } from './listen.ts';
import { LockFile } from './lock-file.ts';
import { MetricsServer } from './metrics/metrics-server.ts';
import { removeLockFile, tellStart, writeLockFile } from './start-up.ts';

/** The watchdog from its start to its end, where one process is all of it. */
export class Watchdog {
  readonly #context: RunnerContext;
  readonly #service: HttpService;
  readonly #metricsServer: MetricsServer;
  readonly #health: Health;
  readonly #lockFile: LockFile | undefined;
  #isStopping = false;
  /** From here on the function's end is what is wanted. */
  #isDraining = false;

  private constructor(
    context: RunnerContext,
    service: HttpService,
    health: Health,
    lockFile: LockFile | undefined,
  ) {
    this.#context = context;
    this.#service = service;
    this.#health = health;
    this.#lockFile = lockFile;
    this.#metricsServer = new MetricsServer(async () => service.facts);
  }

  /**
   * Starts everything: ports first, as they are what most often fails and may need root, then the function, then the lock-file.
   * @throws StartError
   */
  static async start(context: RunnerContext): Promise<Watchdog> {
    const { settings } = context;
    const lockFile = settings.suppressLock ? undefined : new LockFile(settings.temporaryFolder);
    const health = new Health(lockFile);
    const watchdog = new Watchdog(context, await HttpService.load(context, health), health, lockFile);
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
    const { listenAddress } = settings;
    const port = await listen(this.#service.server, listenAddress, settings.port, 'port');
    const metricsPort = await this.#metricsServer.listen(listenAddress, settings.metricsPort);
    this.#context.dropPrivileges();
    await this.#service.runner.start();
    tellStart(logger, settings, port);
    this.#context.onListening(port);
    writeLockFile(logger, this.#lockFile);
    this.#health.accept();
    if (settings.mode === 'http' && settings.nativeFork) {
      adoptOrphansSoon({ script: this.#context.script, temporaryFolder: settings.temporaryFolder });
    }
    logger.info(`Metrics listening on port: ${metricsPort}`);
  }

  /** Settles with the reason when the function has ended of itself, and the responses under way are answered. */
  async functionEnded(): Promise<string> {
    const reason = await this.#service.runner.ended;
    if (this.#isDraining) return new Promise(() => undefined);
    this.#context.logger.error(reason);
    if (!this.#isStopping) this.#markUnhealthy();
    this.#isStopping = true;
    await this.#service.drain();
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
    logger.info(`No new connections allowed, draining: ${this.#service.open} requests`);
    await this.#service.drain();
    logger.info(`Exiting. Active connections: ${this.#service.open}`);
    await this.#service.runner.stop();
    this.kill();
  }

  /** Ends everything at once. */
  kill(): void {
    this.#isStopping = true;
    this.#isDraining = true;
    this.#service.kill();
    this.#metricsServer.close();
  }

  #markUnhealthy(): void {
    this.#health.refuse();
    removeLockFile(this.#context.logger, this.#lockFile);
  }
}
