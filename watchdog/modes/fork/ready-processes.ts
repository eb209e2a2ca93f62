import type { ForkedProcess } from './forked-process.ts';

/** Milliseconds before a process that has ended without a request is replaced; doubled each time in a row. */
const FIRST_DELAY_MS = 100;
const MOST_DELAY_MS = 30_000;

/** Milliseconds after which a process that has ended counts as one that stood ready, not as one that could not. */
const STEADY_MS = 10_000;

export interface ReadyProcessesOptions {
  /** How many stand ready. */
  readonly size: number;
  readonly start: () => Promise<ForkedProcess>;
  /**
   * Told of a process that has ended before its request, or could not be started.
   * @param why its exit, or the error
   * @param delay milliseconds until the next is started
   */
  readonly onLost: (why: unknown, delay: number) => void;
}

/**
 * Processes that were started before their requests and wait for input, so that the start of an interpreter is off
 * the path of a request. One that is taken is replaced at once; one that ends by itself after a while, longer each time.
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

  /** Starts as many as are wanting. */
  fill(): void {
    while (!this.#isStopped && !this.#timer && this.#ready.size + this.#starting < this.#options.size) {
      void this.#startOne();
    }
  }

  /** The one that has stood longest and lives, or undefined. */
  take(): ForkedProcess | undefined {
    for (const forked of this.#ready.keys()) {
      if (forked.hasExited()) continue; // it is replaced when its exit is told
      this.#ready.delete(forked);
      this.#failures = 0;
      setImmediate(() => this.fill()); // the request goes first
      return forked;
    }
    return undefined;
  }

  /** Starts no more. Returns those that stand ready. */
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
    if (since === undefined) return; // it was taken
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
