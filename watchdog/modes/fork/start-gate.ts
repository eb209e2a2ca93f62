import { availableParallelism } from 'node:os';

/** Processes for each processor that may be at their start at a time, and for how many milliseconds they count. */
const STARTS_PER_CPU = 4;
const START_MS = 5;

/**
 * Lets processes be started in the order of their requests, and not many more at a time than there are processors. All
 * at once they would slow each other down, and the event loop, to where some take ten times as long as others; so the
 * next waits until one has ended, or is old enough to be no longer at its start. One that waits for something else than
 * a processor holds up the others by a few milliseconds together.
 */
export class StartGate {
  readonly #most: number;
  readonly #ms: number;
  /** When each was started, the oldest first. */
  readonly #young = new Map<object, number>();
  readonly #waiting: (() => void)[] = [];
  #isWatched = false;

  constructor(most = STARTS_PER_CPU * availableParallelism(), ms = START_MS) {
    this.#most = most;
    this.#ms = ms;
  }

  /** @returns what to call when the process has ended; at once, or when its turn comes */
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

  /** Looks again when the oldest is no longer young. */
  #watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    setTimeout(() => {
      this.#isWatched = false;
      this.#letIn();
    }, this.#ms);
  }
}
