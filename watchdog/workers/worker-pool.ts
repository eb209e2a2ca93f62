import { StartError } from '../errors.ts';
import type { RunnerContext } from '../modes/runner.ts';
import type { SupervisorCommand, WorkerOrder } from './messages.ts';
import type { SharedPort } from './shared-port.ts';
import type { Share } from './shares.ts';
import { Worker } from './worker.ts';

/** Milliseconds before a worker that has ended is replaced. They double each time, unless the worker has lasted. */
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
const LASTING_MS = 10_000;

export interface WorkerPoolOptions {
  readonly context: RunnerContext;
  readonly port: SharedPort;
  /** One for each worker. */
  readonly shares: readonly Share[];
  readonly beatMs: number;
  /** The process of http mode's function; 0 in other modes. */
  readonly functionPid: number;
  readonly onExit: (worker: Worker) => void;
}

/** The workers: one for each share. A worker that has ended is replaced. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #workers = new Map<Share, Worker>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Commands that workers which are started later must get too. */
  readonly #standing: SupervisorCommand[] = [];
  #starts = 0;
  #isEnding = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** The workers that are alive. */
  get workers(): readonly Worker[] {
    return [...this.#workers.values()];
  }

  /** How many were started so far. */
  get starts(): number {
    return this.#starts;
  }

  /**
   * Starts all; resolves when they serve.
   * @throws StartError where one cannot start
   */
  async start(): Promise<void> {
    const started = this.#options.shares.map((share, at) =>
      this.#startWorker(share, { next: SHORTEST_PAUSE_MS }, { isFirst: true, announces: at === 0 }),
    );
    await Promise.all(
      started.map(async (worker) => {
        if (await worker.ready) return;
        const why = worker.failure ?? `the worker ended: ${await worker.exited}`;
        throw new StartError('FUNCTION_NOT_STARTED', why);
      }),
    );
  }

  /** Sends a command to all workers, including those that are started later. */
  tell(command: SupervisorCommand): void {
    this.#standing.push(command);
    for (const worker of this.workers) worker.tell(command);
  }

  /** Stops replacing workers, and lets all answer their requests in flight; waits no longer than `deadlineMs`. */
  async drain(deadlineMs: number): Promise<void> {
    this.#isEnding = true;
    const { workers } = this;
    for (const worker of workers) worker.tell('drain');
    await within(
      workers.map(({ drained }) => drained),
      deadlineMs,
    );
  }

  /** Stops the workers, which are drained; waits no longer than `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    const { workers } = this;
    for (const worker of workers) worker.tell('stop');
    await within(
      workers.map(({ exited }) => exited),
      deadlineMs,
    );
  }

  kill(): void {
    this.#isEnding = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const worker of this.workers) worker.kill();
  }

  #startWorker(
    share: Share,
    pauses: { next: number },
    how: Pick<WorkerOrder, 'isFirst' | 'announces'>,
  ): Worker {
    const { context, port, beatMs, functionPid, onExit } = this.#options;
    const worker = new Worker(context, { ...share, ...how, beatMs, functionPid }, port.handle);
    this.#starts += 1;
    this.#workers.set(share, worker);
    for (const command of this.#standing) worker.tell(command);
    void worker.exited.then((exit) => {
      this.#workers.delete(share);
      onExit(worker);
      if (this.#isEnding || (how.isFirst && !worker.state && worker.failure !== undefined)) return;
      if (performance.now() - worker.startedAt > LASTING_MS) pauses.next = SHORTEST_PAUSE_MS;
      const why = worker.failure ?? exit;
      const what = worker.pid === 0 ? 'A worker could not be started' : `Worker ${worker.pid} ended`;
      context.logger.error(`${what} (${why}); it is started again in ${pauses.next}ms`);
      this.#after(pauses.next, () => {
        if (!this.#isEnding) this.#startWorker(share, pauses, { isFirst: false, announces: false });
      });
      pauses.next = Math.min(2 * pauses.next, LONGEST_PAUSE_MS);
    });
    return worker;
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}

async function within(promises: readonly Promise<unknown>[], deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  });
  await Promise.race([Promise.all(promises), late]);
  clearTimeout(timer);
}
