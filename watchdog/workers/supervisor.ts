import { formatDuration, timerDelay } from '../duration.ts';
import { StartError } from '../errors.ts';
import type { RunnerContext } from '../runners/runner.ts';
import { LockFile } from '../server/lock-file.ts';
import { HttpMetrics } from '../server/metrics/http-metrics.ts';
import { MetricsServer, type FunctionFacts } from '../server/metrics/metrics-server.ts';
import { removeLockFile, tellStart, writeLockFile } from '../server/start-up.ts';
import type { WorkerOrder } from './messages.ts';
import { SharedPort } from './shared-port.ts';
import { Worker } from './worker.ts';

/** How often a worker gives a sign of life: in parts of exec_timeout, within milliseconds. */
const BEATS = 8;
const OFTENEST_MS = 25;
const SELDOMEST_MS = 1000;

/** A worker that ended is started anew after so many milliseconds: twice as many each time, while it does not last. */
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
const LASTING_MS = 10_000;

/** How long a scrape waits for the workers' figures, in milliseconds. */
const REPORT_MS = 200;

/** How long workers may take over their end when their requests are done, in milliseconds. */
const CLOSE_MS = 5000;

/**
 * `inproc_workers`: the function in several processes on one port. This one serves nothing itself: it holds the port,
 * the lock-file, the metrics and the log, starts workers, and ends those that hang. They are processes and not
 * threads, as a process can be ended whatever it does, shares its port with others by the kernel's hand, and takes no
 * other with it when it runs out of memory.
 */
export class Supervisor {
  readonly #context: RunnerContext;
  readonly #orders: readonly WorkerOrder[];
  readonly #workers = new Map<WorkerOrder, Worker>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #metricsServer: MetricsServer;
  readonly #lockFile: LockFile | undefined;
  readonly #beatMs: number;
  /** What workers counted that have ended. */
  readonly #past = new HttpMetrics();
  #port: SharedPort | undefined;
  #starts = 0;
  #isStopping = false;

  private constructor(context: RunnerContext) {
    const { settings } = context;
    this.#context = context;
    this.#lockFile = settings.suppressLock ? undefined : new LockFile(settings.temporaryFolder);
    this.#metricsServer = new MetricsServer(() => this.#facts());
    this.#beatMs = Math.min(
      SELDOMEST_MS,
      Math.max(OFTENEST_MS, (settings.execTimeout || SELDOMEST_MS * BEATS) / BEATS),
    );
    this.#orders = shares(settings.inprocWorkers, settings.maxInflight).map((maxInflight) => ({
      maxInflight,
      beatMs: this.#beatMs,
    }));
  }

  /** @throws StartError also where a worker cannot start its function */
  static async start(context: RunnerContext): Promise<Supervisor> {
    const supervisor = new Supervisor(context);
    try {
      await supervisor.#start();
      return supervisor;
    } catch (thrown) {
      supervisor.kill();
      throw thrown;
    }
  }

  async #start(): Promise<void> {
    const { settings, logger } = this.#context;
    this.#port = SharedPort.bind(settings.port);
    const metricsPort = await this.#metricsServer.listen(settings.metricsPort);
    this.#context.dropPrivileges();
    const pauses = { next: SHORTEST_PAUSE_MS };
    const started = this.#orders.map((order) => this.#startWorker(order, { ...pauses }));
    await Promise.all(
      started.map(async (worker) => {
        if (await worker.ready) return;
        const why = worker.failure ?? `the worker ended: ${await worker.exited}`;
        throw new StartError('FUNCTION_NOT_STARTED', why);
      }),
    );
    this.#watch();
    tellStart(logger, settings, this.#port.port);
    writeLockFile(logger, this.#lockFile);
    logger.info(`Metrics listening on port: ${metricsPort}`);
  }

  /** Never: workers that end are started anew. */
  functionEnded(): Promise<string> {
    return new Promise(() => undefined);
  }

  /**
   * Ends everything in the order that loses no request: health first, the listener after healthcheck_interval, the
   * workers when their requests are done.
   * @param reason for the log: the signal's name
   */
  async stop(reason: string): Promise<void> {
    const { settings, logger } = this.#context;
    logger.info(`${reason}: no new connections in ${formatDuration(settings.healthcheckInterval)}`);
    for (const worker of this.#workers.values()) worker.tell('refuse');
    removeLockFile(logger, this.#lockFile);
    await pause(settings.healthcheckInterval);
    this.#isStopping = true;
    const open = await this.#inFlight();
    logger.info(`No new connections allowed, draining: ${open} requests`);
    this.#port?.close();
    this.#port = undefined;
    const workers = [...this.#workers.values()];
    for (const worker of workers) worker.tell('drain');
    const late = pause(settings.writeTimeout + CLOSE_MS);
    await Promise.race([Promise.all(workers.map((worker) => worker.exited)), late]);
    logger.info(`Exiting. Active connections: ${this.#workers.size}`);
    this.kill();
  }

  /** Ends everything at once. */
  kill(): void {
    this.#isStopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const worker of this.#workers.values()) worker.kill();
    this.#port?.close();
    this.#port = undefined;
    this.#metricsServer.close();
  }

  #startWorker(order: WorkerOrder, pauses: { next: number }): Worker {
    const { logger } = this.#context;
    if (!this.#port) throw new Error('the port is closed');
    const worker = new Worker(this.#context, order, this.#port.handle);
    const wasStarting = this.#starts < this.#orders.length;
    this.#starts += 1;
    this.#workers.set(order, worker);
    void worker.exited.then((how) => {
      this.#workers.delete(order);
      this.#past.add(worker.state?.counts ?? []);
      if (this.#isStopping || (wasStarting && !worker.state && worker.failure !== undefined)) return;
      if (performance.now() - worker.startedAt > LASTING_MS) pauses.next = SHORTEST_PAUSE_MS;
      const why = worker.failure ?? how;
      logger.error(`Worker ${worker.pid} ended (${why}); it is started anew in ${pauses.next}ms`);
      this.#after(pauses.next, () => void this.#startWorker(order, pauses));
      pauses.next = Math.min(2 * pauses.next, LONGEST_PAUSE_MS);
    });
    return worker;
  }

  /** Ends workers that hang: a handler that does not yield cannot keep its own time. */
  #watch(): void {
    const { settings, logger } = this.#context;
    if (settings.execTimeout === 0) return;
    const most = settings.execTimeout + this.#beatMs;
    const look = (): void => {
      for (const worker of this.#workers.values()) {
        if (worker.silentMs < most) continue;
        const time = formatDuration(settings.execTimeout);
        logger.error(`exec_timeout of ${time} passed without a sign of life of worker ${worker.pid}: killed`);
        const open = Math.max(1, worker.state?.inFlight ?? 0);
        for (let at = 0; at < open; at += 1) this.#past.count(504, 'unknown', worker.silentMs / 1000);
        worker.kill();
      }
    };
    const timer = setInterval(look, this.#beatMs);
    this.#timers.add(timer);
  }

  async #facts(): Promise<FunctionFacts> {
    const workers = [...this.#workers.values()];
    await Promise.all(workers.map((worker) => worker.report(REPORT_MS)));
    const http = new HttpMetrics();
    http.add(this.#past.counts);
    const delay = new Map<number, number>();
    for (const { state } of workers) {
      http.add(state?.counts ?? []);
      for (const [quantile, value] of state?.delay ?? []) {
        delay.set(quantile, Math.max(value, delay.get(quantile) ?? 0));
      }
    }
    const processIds = workers.map(({ pid }) => pid);
    return { http, inFlight: sumInFlight(workers), starts: this.#starts, delay, processIds };
  }

  async #inFlight(): Promise<number> {
    const workers = [...this.#workers.values()];
    await Promise.all(workers.map((worker) => worker.report(REPORT_MS)));
    return sumInFlight(workers);
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}

/** Each worker's part of max_inflight. There are no more workers than requests may be in flight. */
function shares(workers: number, maxInflight: number): number[] {
  if (maxInflight === 0) return Array.from({ length: workers }, () => 0);
  const count = Math.min(workers, maxInflight);
  return Array.from(
    { length: count },
    (_, at) => Math.floor(maxInflight / count) + (at < maxInflight % count ? 1 : 0),
  );
}

function sumInFlight(workers: readonly Worker[]): number {
  return workers.reduce((sum, { state }) => sum + (state?.inFlight ?? 0), 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timerDelay(ms)).unref();
  });
}
