import { formatDuration, timerDelay } from '../../common/duration.ts';
import { adoptOrphansSoon } from '../process/native/adopt.ts';
import { lockFileOf, type LockFile } from './lock-file.ts';
import { MetricsServer } from './metrics/metrics-server.ts';
import type { Service, ServiceContext } from './service.ts';
import { removeLockFile, tellStart, writeLockFile } from './start-up.ts';

/** The surroundings of the watchdog. */
export interface WatchdogContext extends ServiceContext {
  /** Tells the process that started the watchdog on which port requests can come. */
  readonly onListening: (port: number) => void;
  /**
   * Changes the user of this process. It is called after the ports are bound, before any file is written, and before
   * any part of the function is started or loaded.
   * @throws StartError USER_UNAVAILABLE
   */
  dropPrivileges(): void;
}

/** The life of the program, from its start to its end, around the service of the port. */
export class Watchdog {
  readonly #context: WatchdogContext;
  readonly #service: Service;
  readonly #metricsServer: MetricsServer;
  readonly #lockFile: LockFile | undefined;
  #isStopping = false;
  /** Whether the stop has begun, after which an end of the function is no failure. */
  #isDraining = false;

  private constructor(context: WatchdogContext, service: Service) {
    this.#context = context;
    this.#service = service;
    this.#lockFile = lockFileOf(context.settings);
    this.#metricsServer = new MetricsServer(() => service.readFacts());
  }

  /**
   * Starts everything: the ports first, as they fail most often and may need root; then the function; then the lock-file.
   * @throws StartError
   */
  static async start(context: WatchdogContext, service: Service): Promise<Watchdog> {
    const watchdog = new Watchdog(context, service);
    try {
      await watchdog.#start();
      return watchdog;
    } catch (thrown) {
      watchdog.kill();
      throw thrown;
    }
  }

  get open(): number {
    return this.#service.open;
  }

  async #start(): Promise<void> {
    const { settings, logger, script, dropPrivileges, onListening } = this.#context;
    const { listenAddress, temporaryFolder } = settings;
    const port = await this.#service.bind();
    const metricsPort = await this.#metricsServer.listen(listenAddress, settings.metricsPort);
    dropPrivileges();
    await this.#service.start();
    tellStart(logger, settings, port);
    onListening(port);
    writeLockFile(logger, this.#lockFile);
    this.#service.accept();
    if (this.#service.needsAdoption && settings.nativeFork) adoptOrphansSoon({ script, temporaryFolder });
    logger.info(`Metrics listening on port: ${metricsPort}`);
  }

  /** Settles with the reason when the function has ended by itself, and the responses under way are answered. */
  async functionEnded(): Promise<string> {
    const reason = await this.#service.ended;
    if (this.#isDraining) return new Promise(() => undefined);
    this.#isDraining = true;
    this.#context.logger.error(reason);
    if (!this.#isStopping) this.#refuse();
    this.#isStopping = true;
    await this.#service.drain();
    this.kill();
    return reason;
  }

  /**
   * Stops everything in the order that loses no request: health first, the listener after healthcheck_interval, the
   * function when its requests are done.
   * @param reason for the log: the signal's name
   */
  async stop(reason: string): Promise<void> {
    const { settings, logger } = this.#context;
    this.#isStopping = true;
    logger.info(`${reason}: no new connections in ${formatDuration(settings.healthcheckInterval)}`);
    this.#refuse();
    await new Promise((resolve) => {
      setTimeout(resolve, timerDelay(settings.healthcheckInterval));
    });
    this.#isDraining = true;
    logger.info(`No new connections allowed, draining: ${await this.#service.countOpen()} requests`);
    await this.#service.drain();
    logger.info(`Exiting. Active connections: ${await this.#service.countOpen()}`);
    await this.#service.stop();
    this.kill();
  }

  /** Kills everything at once. */
  kill(): void {
    this.#isStopping = true;
    this.#isDraining = true;
    this.#service.kill();
    this.#metricsServer.close();
  }

  /** Refuses health before the listener closes, so that the orchestrator sees it first. */
  #refuse(): void {
    this.#service.refuse();
    removeLockFile(this.#context.logger, this.#lockFile);
  }
}
