import { timerDelay } from '../../duration.ts';

/** Is told when the limit has passed. */
export interface DeadlineOwner {
  /** @param ms the length of the limit, in milliseconds */
  onDeadline(name: string, ms: number): void;
}

/** One function for the timers of all exchanges, as a closure for each would be a part of its cost. */
function pass(owner: DeadlineOwner, name: string, ms: number): void {
  owner.onDeadline(name, ms);
}

/**
 * The time limit of one exchange. Several limits may apply, but only the earliest can pass, so one timer is enough.
 */
export class Deadline {
  readonly #owner: DeadlineOwner;
  #at = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(owner: DeadlineOwner) {
    this.#owner = owner;
  }

  /** Adds a limit of `ms` milliseconds from now, known to users by `name`. */
  limit(name: string, ms: number): void {
    const at = performance.now() + ms;
    if (at >= this.#at) return;
    this.#at = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(pass, timerDelay(ms), this.#owner, name, ms);
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
