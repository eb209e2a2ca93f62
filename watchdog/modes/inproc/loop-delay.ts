import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

/** How often the loop should come round during the measurement, in milliseconds. Longer rounds are delays. */
const RESOLUTION_MS = 20;

/** How long a measurement lasts, in milliseconds. The figures cover the last measurement and the one under way. */
const WINDOW_MS = 5000;

const QUANTILES = [0.5, 0.9, 0.99, 1] as const;

/** Seconds by quantile; 1 is the longest. */
export type LoopDelay = ReadonlyMap<number, number>;

/** Measures how long the event loop is held up, which is how long every request waits on top of its own work. */
export class LoopDelayWatch {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #timer: NodeJS.Timeout | undefined;
  #last: LoopDelay = new Map();

  start(): void {
    this.#histogram.enable();
    this.#timer = setInterval(() => {
      this.#last = this.#read();
      this.#histogram.reset();
    }, WINDOW_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#histogram.disable();
  }

  /** The delays of the last five to ten seconds. */
  get recent(): LoopDelay {
    const now = this.#read();
    return new Map(QUANTILES.map((at) => [at, Math.max(now.get(at) ?? 0, this.#last.get(at) ?? 0)]));
  }

  /** The longest delay of the last five to ten seconds, in milliseconds. */
  get longestMs(): number {
    return (this.recent.get(1) ?? 0) * 1000;
  }

  #read(): LoopDelay {
    if (this.#histogram.count === 0) return new Map();
    return new Map(
      QUANTILES.map((at) => {
        const nanoseconds = this.#histogram.percentile(at * 100);
        return [at, Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000)];
      }),
    );
  }
}
