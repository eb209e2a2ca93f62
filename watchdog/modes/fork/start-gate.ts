import { availableParallelism } from 'node:os';

/** How many processes for each processor may be starting at a time, and for how many milliseconds a start counts. */
const STARTS_PER_CPU = 4;
const START_MS = 5;

/**
 * Lets processes be started in the order of their requests, and not many more at a time than there are processors. All
 * at once they would slow down each other and the event loop, until some take ten times as long as others. So the next
 * start waits until another process has ended, or is old enough to be through its start. A process that waits for
 * something other than a processor holds up the others by a few milliseconds in all.
 */
export class StartGate {
  readonly #most: number;
  readonly #ms: number;
  /** The start times of the processes that count, the oldest first. */
  readonly #young = new Map<object, number>();
  readonly #waiting: (() => void)[] = [];
  #isWatched = false;

  constructor(most = STARTS_PER_CPU * availableParallelism(), ms = START_MS) {
    this.#most = most;
    this.#ms = ms;
  }

  /** @returns the function to call when the process has ended; at once, or when its turn comes */
  enter(): (() => void) | Promise<() => void> {
    if (this.#waiting.length === 0 && this.#hasRoom()) return this.#begin();
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(this.#begin()));
      this.#watch();
    });
  }

  #begin(): () => void {
    const token = {};
    this.#young.set(token, performance.now());
    return () => {
      if (this.#young.delete(token)) this.#letIn();
    };
  }

  #hasRoom(): boolean {
    const old = performance.now() - this.#ms;
    for (const [token, since] of this.#young) {
      if (since > old) break;
      this.#young.delete(token);
    }
    return this.#young.size < this.#most;
  }

  #letIn(): void {
    while (this.#waiting.length > 0 && this.#hasRoom()) this.#waiting.shift()?.();
    if (this.#waiting.length > 0) this.#watch();
  }

  /** Looks again when the oldest start no longer counts. */
  #watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    setTimeout(() => {
      this.#isWatched = false;
      this.#letIn();
    }, this.#ms);
  }
}
