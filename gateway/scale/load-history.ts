/** The figures of a function at one moment. */
export interface LoadSample {
  /** Milliseconds of a monotonic clock. */
  readonly at: number;
  /** Calls that have ended so far. */
  readonly ended: number;
  /** Calls in flight, or waiting for an instance. */
  readonly inFlight: number;
  /** Queued calls that wait or run. Those that run are in flight as well. */
  readonly queued: number;
}

/** Averages the load of a function over a window of time. */
export class LoadHistory {
  readonly #window: number;
  readonly #samples: LoadSample[] = [];
  #lastActive: number;

  /**
   * @param window milliseconds to average over
   * @param now milliseconds of the samples' clock
   */
  constructor(window: number, now: number) {
    this.#window = window;
    this.#lastActive = now;
  }

  add(sample: LoadSample): void {
    const before = this.#samples.at(-1);
    if (sample.inFlight + sample.queued > 0 || (before !== undefined && sample.ended !== before.ended))
      this.#lastActive = sample.at;
    this.#samples.push(sample);
    // the last sample before the window stays, as the rate counts from there
    while (this.#samples[1] && this.#samples[1].at <= sample.at - this.#window) this.#samples.shift();
  }

  /** When a call last ran, waited or ended, in milliseconds of the samples' clock. */
  get lastActive(): number {
    return this.#lastActive;
  }

  /** Calls that ended, per second. */
  get rate(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at === first.at) return 0;
    return Math.max(0, last.ended - first.ended) / ((last.at - first.at) / 1000);
  }

  /** The average number of calls in flight. */
  get meanInFlight(): number {
    if (this.#samples.length === 0) return 0;
    return this.#samples.reduce((sum, { inFlight }) => sum + inFlight, 0) / this.#samples.length;
  }
}
