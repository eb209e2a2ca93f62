/** The shortest time that CPU is averaged over, in milliseconds: the kernel counts it in ticks of 10. */
const SHORTEST_MEASURE_MS = 500;

/**
 * CPU of an instance in thousandths of a core, averaged since it was measured before. It is averaged over no less than
 * the ticks that it is counted in allow: those who ask at the same time get the same.
 */
export class CpuAverage {
  #last: { readonly at: number; readonly seconds: number };
  #cpu = 0;

  /** @param startedAt milliseconds of the clock that `add` is given, when nothing was used yet */
  constructor(startedAt: number) {
    this.#last = { at: startedAt, seconds: 0 };
  }

  /** @param seconds of CPU that it has used in all */
  add(seconds: number, now: number): number {
    const ms = now - this.#last.at;
    if (ms >= SHORTEST_MEASURE_MS) {
      this.#cpu = (Math.max(0, seconds - this.#last.seconds) / (ms / 1000)) * 1000;
      this.#last = { at: now, seconds };
    }
    return this.#cpu;
  }
}
