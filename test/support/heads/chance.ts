import { randomOf } from '../random.ts';

/** Draws that look like chance, and are the same for the same seed. */
export class Chance {
  readonly #next: () => number;

  /** @param seed any whole number */
  constructor(seed: number) {
    this.#next = randomOf(seed);
  }

  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  /** True once in `times`. */
  onceIn(times: number): boolean {
    return this.#next() * times < 1;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }
}
