import { COUNTERS, GAUGES, type Sample } from './sample.ts';

/** A span of time that is kept: a number of steps of some seconds each. */
interface Span {
  readonly stepSeconds: number;
  readonly steps: number;
}

/** The spans that can be asked for. */
export const WINDOWS = {
  '5m': { stepSeconds: 5, steps: 60 },
  '1h': { stepSeconds: 60, steps: 60 },
  '24h': { stepSeconds: 900, steps: 96 },
} as const satisfies Record<string, Span>;

export type WindowName = keyof typeof WINDOWS;

/** The figures of one step. */
export interface Step {
  /** How long the step has lasted, in seconds; less than its full length while it goes on. */
  readonly seconds: number;
  readonly counts: Float32Array;
  readonly gauges: Float32Array;
}

const WIDTH = COUNTERS + GAUGES.length;

/** The steps of one span, in a ring whose memory is allocated at once and never grows. */
class Ring {
  readonly span: Span;
  readonly #numbers: Float32Array;
  /** The number of the step at each place, counted since 1970; -1 for none. */
  readonly #stepAt: Float64Array;

  constructor(span: Span) {
    this.span = span;
    this.#numbers = new Float32Array(span.steps * WIDTH);
    this.#stepAt = new Float64Array(span.steps).fill(-1);
  }

  add({ counts, gauges }: Sample, now: number): void {
    const step = Math.floor(now / 1000 / this.span.stepSeconds);
    const place = step % this.span.steps;
    const numbers = this.#numbers.subarray(place * WIDTH, (place + 1) * WIDTH);
    if (this.#stepAt[place] !== step) {
      numbers.fill(0);
      this.#stepAt[place] = step;
    }
    for (let at = 0; at < COUNTERS; at += 1) numbers[at] = (numbers[at] ?? 0) + (counts[at] ?? 0);
    for (const [at, value] of gauges.entries()) numbers[COUNTERS + at] = value;
  }

  /** @returns undefined where there was no sample in that step */
  at(step: number, now: number): Step | undefined {
    const place = step % this.span.steps;
    if (this.#stepAt[place] !== step) return undefined;
    const numbers = this.#numbers.subarray(place * WIDTH, (place + 1) * WIDTH);
    const seconds = Math.min(this.span.stepSeconds, now / 1000 - step * this.span.stepSeconds);
    return { seconds, counts: numbers.subarray(0, COUNTERS), gauges: numbers.subarray(COUNTERS) };
  }
}

/** The samples of one function in the last 24 hours, in short steps for the last minutes and longer ones before. */
export class Series {
  readonly #rings = Object.fromEntries(
    Object.entries(WINDOWS).map(([name, span]) => [name, new Ring(span)]),
  ) as Record<WindowName, Ring>;

  /** @param now milliseconds since 1970 */
  add(sample: Sample, now: number): void {
    for (const ring of Object.values(this.#rings)) ring.add(sample, now);
  }

  /**
   * Reads the last steps, the oldest first.
   * @param now milliseconds since 1970
   * @returns undefined for steps without a sample
   */
  read(window: WindowName, now: number, most: number = WINDOWS[window].steps): (Step | undefined)[] {
    const ring = this.#rings[window];
    const last = Math.floor(now / 1000 / ring.span.stepSeconds);
    return Array.from({ length: most }, (_, at) => ring.at(last - most + 1 + at, now));
  }
}
