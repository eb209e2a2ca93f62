/** How many wrong logins one address may send in a minute, and all addresses together. */
const MOST_OF_ONE = 10;
const MOST_OF_ALL = 100;
const MINUTE_MS = 60_000;
/** How many addresses are remembered. The oldest are forgotten first. */
const MOST_ADDRESSES = 10_000;

interface Failures {
  count: number;
  /** The start of the minute in which they are counted, in milliseconds of a monotonic clock. */
  since: number;
}

/** Limits wrong logins, so that guessing a password is slow. */
export class LoginLimit {
  readonly #ofOne = new Map<string, Failures>();
  #ofAll: Failures = { count: 0, since: Number.NEGATIVE_INFINITY };

  /**
   * @param now milliseconds of a monotonic clock
   * @returns how long an address has to wait, in milliseconds; 0 if it may try now
   */
  waitOf(address: string, now: number): number {
    const one = this.#ofOne.get(address);
    return Math.max(one ? waitFor(one, MOST_OF_ONE, now) : 0, waitFor(this.#ofAll, MOST_OF_ALL, now));
  }

  failed(address: string, now: number): void {
    this.#ofAll = counted(this.#ofAll, now);
    const one = this.#ofOne.get(address);
    this.#ofOne.delete(address);
    this.#ofOne.set(address, counted(one, now));
    for (const oldest of this.#ofOne.keys()) {
      if (this.#ofOne.size <= MOST_ADDRESSES) break;
      this.#ofOne.delete(oldest);
    }
  }
}

function waitFor({ count, since }: Failures, most: number, now: number): number {
  return count < most ? 0 : Math.max(0, since + MINUTE_MS - now);
}

function counted(failures: Failures | undefined, now: number): Failures {
  if (!failures || now - failures.since >= MINUTE_MS) return { count: 1, since: now };
  return { count: failures.count + 1, since: failures.since };
}
