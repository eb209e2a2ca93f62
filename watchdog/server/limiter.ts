import { RequestError } from '../errors.ts';

/** How many requests are in flight, and how many may be (max_inflight). */
export class Limiter {
  readonly #most: number;
  #inFlight = 0;

  /** @param most 0 for no limit */
  constructor(most: number) {
    this.#most = most;
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
      const text = `Concurrent request limit exceeded. Max concurrent requests: ${this.#most}`;
      return new RequestError('LIMIT_EXCEEDED', text);
    }
    this.#inFlight += 1;
    return undefined;
  }

  leave(): void {
    this.#inFlight -= 1;
  }
}
