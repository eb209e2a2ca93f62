import { RequestError } from '../errors.ts';

/** How many requests are in flight, and how many may be (max_inflight). */
export class Limiter {
  readonly #most: number;
  readonly #told: number;
  #inFlight = 0;

  /**
   * @param most 0 for no limit
   * @param told the limit that a refusal names: max_inflight, of which this may be a part
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

  /** Counts a request in, or says why it is refused. What was counted in is to `leave`. */
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
