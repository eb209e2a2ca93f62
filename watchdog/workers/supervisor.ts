import { formatDuration, timerDelay } from '../../common/duration.ts';
import { adoptOrphansSoon } from '../process/native/adopt.ts';
import type { HttpFunction } from '../modes/http/http-function.ts';
import { FORK_MODES } from '../settings/setting.ts';
import type { RunnerContext } from '../modes/runner.ts';
import { LockFile } from '../server/lock-file.ts';
import { MetricsServer, type FunctionFacts } from '../server/metrics/metrics-server.ts';
import { removeLockFile, tellStart, writeLockFile } from '../server/start-up.ts';
import { Figures } from './figures.ts';
import { beatOf, watchForHangs } from './hang-watch.ts';
import { killLeftBehind } from './left-behind.ts';
import { SharedPort } from './shared-port.ts';
import { sharesOf } from './shares.ts';
import type { Worker } from './worker.ts';
import { WorkerPool } from './worker-pool.ts';

/** How long workers may take over their end when their requests are done, in milliseconds. */
const CLOSE_MS = 5000;

/** How much longer than write_timeout the word of a worker is waited for that its requests are done. */
const WORD_MS = 1000;

/**
 * `workers`: several processes on one port. This one serves nothing itself: it holds the port, the lock-file, the
 * metrics, the log and, in http mode, the function, and starts workers. They are processes and not threads, as a
 * process can be ended whatever it does, shares its port with others by the kernel's hand, and takes no other with it
 * when it runs out of memory.
 */
export class Supervisor {
  readonly #context: RunnerContext;
  readonly #figures = new Figures();
  readonly #metricsServer: MetricsServer;
  readonly #lockFile: LockFile | undefined;
  /** In http mode. */
  readonly #function: HttpFunction | undefined;
  #port: SharedPort | undefined;
  #pool: WorkerPool | undefined;
  #endWatch: () => void = () => undefined;
  #isStopping = false;
  /** From here on the function's end is what is wanted. */
  #isDraining = false;

  private constructor(context: RunnerContext, httpFunction: HttpFunction | undefined) {
    const { settings } = context;
    this.#context = context;
    this.#function = httpFunction;
    this.#lockFile = settings.suppressLock ? undefined : new LockFile(settings.temporaryFolder);
    this.#metricsServer = new MetricsServer(() => this.#facts());
  }

  /** @throws StartError also where a worker cannot start its function */
  static async start(context: RunnerContext): Promise<Supervisor> {
    const supervisor = new Supervisor(context, await loadFunction(context));
    try {
      await supervisor.#start();
      return supervisor;
    } catch (thrown) {
      supervisor.kill();
      throw thrown;
    }
  }

  async #start(): Promise<void> {
    const { settings, logger, script } = this.#context;
    this.#port = SharedPort.bind(settings.listenAddress, settings.port);
    const metricsPort = await this.#metricsServer.listen(settings.listenAddress, settings.metricsPort);
    this.#context.dropPrivileges();
    await this.#function?.start();
    this.#pool = this.#createPool(this.#port);
    const served = this.#pool.start();
    this.#passOn(this.#function, this.#pool);
    await served;
    tellStart(logger, settings, this.#port.port);
    this.#context.onListening(this.#port.port);
    writeLockFile(logger, this.#lockFile);
    if (settings.nativeFork && (this.#function || FORK_MODES.has(settings.mode))) {
      adoptOrphansSoon({ script, temporaryFolder: settings.temporaryFolder });
    }
    logger.info(`Metrics listening on port: ${metricsPort}`);
  }

  /** Lets the workers know how the function is, which they forward to. */
  #passOn(httpFunction: HttpFunction | undefined, pool: WorkerPool): void {
    if (httpFunction?.isAccepting) pool.tell('function accepts');
    else httpFunction?.onceSettled(() => httpFunction.isAccepting && pool.tell('function accepts'));
    void httpFunction?.ended.then(() => pool.tell('function ended'));
  }

  #createPool(port: SharedPort): WorkerPool {
    const { settings, logger } = this.#context;
    const isInproc = settings.mode === 'inproc';
    const pool = new WorkerPool({
      context: this.#context,
      port,
      shares: sharesOf(settings),
      beatMs: beatOf(isInproc ? settings.execTimeout : 0),
      functionPid: this.#function?.processIds()[0] ?? 0,
      onExit: this.#onExit,
    });
    if (isInproc && settings.execTimeout > 0) {
      this.#endWatch = watchForHangs({
        execTimeout: settings.execTimeout,
        logger,
        workers: () => pool.workers,
        onHang: (worker) => this.#figures.hung(worker),
      });
    }
    return pool;
  }

  readonly #onExit = (worker: Worker): void => {
    this.#figures.ended(worker);
    if (FORK_MODES.has(this.#context.settings.mode)) killLeftBehind(worker, this.#pool?.workers ?? []);
  };

  /** Settles with the reason when the function of http mode has ended of itself, and the responses are answered. */
  async functionEnded(): Promise<string> {
    if (!this.#function) return new Promise(() => undefined); // workers that end are started anew
    const reason = await this.#function.ended;
    if (this.#isDraining) return new Promise(() => undefined);
    this.#isDraining = true;
    this.#context.logger.error(reason);
    if (!this.#isStopping) this.#markUnhealthy();
    this.#isStopping = true;
    await this.#drain();
    this.kill();
    return reason;
  }

  /**
   * Ends everything in the order that loses no request: health first, the listener after healthcheck_interval, the
   * function and the workers when their requests are done.
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
    logger.info(`No new connections allowed, draining: ${await this.#open()} requests`);
    await this.#drain();
    logger.info(`Exiting. Active connections: ${await this.#open()}`);
    await Promise.all([this.#function?.stop(), this.#pool?.end(CLOSE_MS)]);
    this.kill();
  }

  /** Ends everything at once. */
  kill(): void {
    this.#isStopping = true;
    this.#isDraining = true;
    this.#endWatch();
    this.#pool?.kill();
    this.#function?.kill();
    this.#closePort();
    this.#metricsServer.close();
  }

  /** Takes no connection any more, and waits for what is in flight. */
  async #drain(): Promise<void> {
    this.#closePort();
    await this.#pool?.drain(timerDelay(this.#context.settings.writeTimeout + WORD_MS));
  }

  #closePort(): void {
    this.#port?.close();
    this.#port = undefined;
  }

  #markUnhealthy(): void {
    this.#pool?.tell('refuse');
    removeLockFile(this.#context.logger, this.#lockFile);
  }

  async #facts(): Promise<FunctionFacts> {
    const facts = await this.#figures.of(this.#pool?.workers ?? []);
    const { settings } = this.#context;
    if (this.#function)
      return { ...facts, starts: this.#function.starts, processIds: this.#function.processIds() };
    if (settings.mode !== 'inproc') return facts;
    // the workers are the function's processes
    const { workers, ...others } = facts;
    return { ...others, starts: this.#pool?.starts ?? 0, processIds: workers?.processIds ?? [] };
  }

  #open(): Promise<number> {
    return this.#figures.open(this.#pool?.workers ?? []);
  }
}

/** In http mode there is one function, whose process is the supervisor's. */
async function loadFunction(context: RunnerContext): Promise<HttpFunction | undefined> {
  if (context.settings.mode !== 'http') return undefined;
  const { OwnFunction } = await import('../modes/http/own-function.ts');
  return new OwnFunction(context);
}
