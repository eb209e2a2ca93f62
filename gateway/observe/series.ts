import { COUNTERS, GAUGES, type Sample } from './sample.ts';

/** A stretch of time that is kept: so many steps of so many seconds. */
interface Span {
  readonly stepSeconds: number;
  readonly steps: number;
}

/** What can be asked for. */
export const WINDOWS = {
  '5m': { stepSeconds: 5, steps: 60 },
  '1h': { stepSeconds: 60, steps: 60 },
  '24h': { stepSeconds: 900, steps: 96 },
} as const satisfies Record<string, Span>;

export type WindowName = keyof typeof WINDOWS;

/** One step as it is kept. */
export interface Step {
  /** How long it has lasted, in seconds; shorter than a step where it is still going on. */
  readonly seconds: number;
  readonly counts: Float32Array;
  readonly gauges: Float32Array;
}

const WIDTH = COUNTERS + GAUGES.length;

/** The steps of one span in a ring: its memory is taken at once, and never grows. */
class Ring {
  readonly span: Span;
  readonly #numbers: Float32Array;
  /** The step that lies at each place, counted since 1970; -1 for none. */
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

  /** @returns undefined where nothing was seen in that step */
  at(step: number, now: number): Step | undefined {
    const place = step % this.span.steps;
    if (this.#stepAt[place] !== step) return undefined;
    const numbers = this.#numbers.subarray(place * WIDTH, (place + 1) * WIDTH);
    const seconds = Math.min(this.span.stepSeconds, now / 1000 - step * this.span.stepSeconds);
    return { seconds, counts: numbers.subarray(0, COUNTERS), gauges: numbers.subarray(COUNTERS) };
  }
}

/** What was seen of one function in the last 24 hours, in steps that are coarser the longer ago they are. */
export class Series {
  readonly #rings = Object.fromEntries(
    Object.entries(WINDOWS).map(([name, span]) => [name, new Ring(span)]),
  ) as Record<WindowName, Ring>;

  /** @param now milliseconds since 1970 */
  add(sample: Sample, now: number): void {
    for (const ring of Object.values(this.#rings)) ring.add(sample, now);
  }

  /**
   * The last steps, oldest first.
   * @param now milliseconds since 1970
   */
  read(window: WindowName, now: number, most: number = WINDOWS[window].steps): (Step | undefined)[] {
    const ring = this.#rings[window];
    const last = Math.floor(now / 1000 / ring.span.stepSeconds);
    return Array.from({ length: most }, (_, at) => ring.at(last - most + 1 + at, now));
  }
}
