import { timerDelay } from '../../duration.ts';

/**
 * The time limit of one exchange. Several limits may apply, but only the earliest can pass, so one timer is enough.
 */
export class Deadline {
  readonly #onPassed: (name: string, ms: number) => void;
  #at = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /** @param onPassed is called with the limit's name and its length in milliseconds */
  constructor(onPassed: (name: string, ms: number) => void) {
    this.#onPassed = onPassed;
  }

  /** Adds a limit of `ms` milliseconds from now, known to users by `name`. */
  limit(name: string, ms: number): void {
    const at = performance.now() + ms;
    if (at >= this.#at) return;
    this.#at = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onPassed, timerDelay(ms), name, ms);
  }

  /** Replaces all limits so far by a new one. */
  restart(name: string, ms: number): void {
    this.lift();
    this.limit(name, ms);
  }

  /** Forgets the limits so far. */
  lift(): void {
    clearTimeout(this.#timer);
    this.#at = Number.POSITIVE_INFINITY;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#at = Number.NEGATIVE_INFINITY;
  }
}
