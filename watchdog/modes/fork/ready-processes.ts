import type { ForkedProcess } from './forked-process.ts';

/**
 * Milliseconds before a process that has ended without a request is replaced. They double with each failure in a row.
 */
const FIRST_DELAY_MS = 100;
const MOST_DELAY_MS = 30_000;

/**
 * Milliseconds after which a process that ends counts as one that stood ready, and no longer as one that cannot start.
 */
const STEADY_MS = 10_000;

export interface ReadyProcessesOptions {
  /** How many stand ready. */
  readonly size: number;
  readonly start: () => Promise<ForkedProcess>;
  /**
   * Called when a process has ended before its request, or could not be started.
   * @param why its exit, or the error
   * @param delay milliseconds until the next one is started
   */
  readonly onLost: (why: unknown, delay: number) => void;
}

/**
 * Processes that are started before their requests and wait for input, so that no request waits for the start of an
 * interpreter. A process that is taken is replaced at once. One that ends by itself is replaced after a delay, which
 * grows with each failure.
 */
export class ReadyProcesses {
  readonly #options: ReadyProcessesOptions;
  readonly #ready = new Map<ForkedProcess, number>();
  #starting = 0;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: ReadyProcessesOptions) {
    this.#options = options;
  }

  /** Starts processes until as many stand ready as are wanted. */
  fill(): void {
    while (!this.#isStopped && !this.#timer && this.#ready.size + this.#starting < this.#options.size) {
      void this.#startOne();
    }
  }

  /** Takes the process that has stood ready longest and is alive; undefined where there is none. */
  take(): ForkedProcess | undefined {
    for (const forked of this.#ready.keys()) {
      if (forked.hasExited()) continue; // it is replaced when its exit is reported
      this.#ready.delete(forked);
      this.#failures = 0;
      setImmediate(() => this.fill()); // the request goes first
      return forked;
    }
    return undefined;
  }

  /** Stops starting processes. Returns those that stand ready. */
  stop(): ForkedProcess[] {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    const left = [...this.#ready.keys()];
    this.#ready.clear();
    return left;
  }

  async #startOne(): Promise<void> {
    this.#starting += 1;
    try {
      const forked = await this.#options.start();
      this.#ready.set(forked, performance.now());
      void forked.exited.then(
        (status) => this.#lost(forked, status),
        (error: unknown) => this.#lost(forked, error),
      );
    } catch (thrown) {
      this.#waitAfter(thrown);
    } finally {
      this.#starting -= 1;
    }
  }

  #lost(forked: ForkedProcess, why: unknown): void {
    const since = this.#ready.get(forked);
    if (since === undefined) return; // a request has taken it
    this.#ready.delete(forked);
    forked.discard();
    if (performance.now() - since > STEADY_MS) this.#failures = 0;
    this.#waitAfter(why);
  }

  #waitAfter(why: unknown): void {
    if (this.#isStopped || this.#timer) return;
    const delay = Math.min(MOST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.fill();
    }, delay);
    this.#options.onLost(why, delay);
  }
}
