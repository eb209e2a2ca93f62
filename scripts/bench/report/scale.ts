/** Places values along an axis, and chooses those that are written beside it. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

function steps(most: number): number {
  const raw = most / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= raw) ?? 10) * power;
}

/** A scale from 0 to a round number over the most. */
export function linear(most: number, from: number, to: number): Scale {
  const step = steps(most > 0 ? most : 1);
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  const end = step * count;
  const ticks = Array.from({ length: count + 1 }, (_, index) => index * step);
  return { at: (value) => from + (value / end) * (to - from), ticks };
}

/** A scale of whole powers of ten, from below the least to above the most, both over 0. */
export function logarithmic(least: number, most: number, from: number, to: number): Scale {
  const low = Math.floor(Math.log10(least));
  const high = Math.max(low + 1, Math.ceil(Math.log10(most)));
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  return { at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from), ticks };
}
