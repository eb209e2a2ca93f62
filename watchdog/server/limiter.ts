import { RequestError } from '../errors.ts';

/** Counts the requests in flight, and keeps them within max_inflight. */
export class Limiter {
  readonly #most: number;
  readonly #told: number;
  #inFlight = 0;

  /**
   * @param most 0 for no limit
   * @param told the limit that a refusal names: max_inflight. `most` may be a worker's share of it
   */
  constructor(most: number, told: number) {
    this.#most = most;
    this.#told = told;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get isMet(): boolean {
    return this.#most > 0 && this.#inFlight >= this.#most;
  }

  /** Counts a request in, or returns why it is refused. Call `leave` for each request that was counted in. */
  enter(): RequestError | undefined {
    if (this.isMet) {
      const text = `Concurrent request limit exceeded. Max concurrent requests: ${this.#told}`;
      return new RequestError('LIMIT_EXCEEDED', text);
    }
    this.#inFlight += 1;
    return undefined;
  }

  leave(): void {
    this.#inFlight -= 1;
  }
}
