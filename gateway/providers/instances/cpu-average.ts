/** The shortest time over which CPU is averaged, in milliseconds, as the kernel counts it in ticks of 10 ms. */
const SHORTEST_MEASURE_MS = 500;

/**
 * Averages the CPU of an instance since the last measurement. Within 500 ms after it, the result stays the same, as a
 * shorter time would be too inexact.
 */
export class CpuAverage {
  #last: { readonly at: number; readonly seconds: number };
  #cpu = 0;

  /** @param startedAt when the instance had used no CPU yet, in milliseconds of the clock that `add` gets */
  constructor(startedAt: number) {
    this.#last = { at: startedAt, seconds: 0 };
  }

  /** @param seconds the CPU time that the instance has used in all @returns thousandths of a core */
  add(seconds: number, now: number): number {
    const ms = now - this.#last.at;
    if (ms >= SHORTEST_MEASURE_MS) {
      this.#cpu = (Math.max(0, seconds - this.#last.seconds) / (ms / 1000)) * 1000;
      this.#last = { at: now, seconds };
    }
    return this.#cpu;
  }
}
