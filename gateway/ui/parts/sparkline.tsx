import type { VNode } from 'preact';

const WIDTH = 72;
const HEIGHT = 20;
const POINTS = 60;

/** Draws the last minute of a number as a small line. The text beside it says the latest value. */
export function Sparkline({ values }: { readonly values: readonly number[] }): VNode {
  const top = Math.max(...values, 0.001);
  const step = WIDTH / (POINTS - 1);
  const from = POINTS - values.length;
  const points = values.map((value, at) => {
    const y = HEIGHT - 1.5 - (value / top) * (HEIGHT - 3);
    return `${((from + at) * step).toFixed(1)},${y.toFixed(1)}`;
  });
  const isFlat = values.every((value) => value === 0);
  return (
    <svg
      class={isFlat ? 'sparkline flat' : 'sparkline'}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
    >
      {points.length > 1 && <polyline points={points.join(' ')} />}
    </svg>
  );
}
