import { rounded } from './function-view.ts';
import { quantile } from './quantile.ts';
import { CLASSES, FIRST_BUCKET, GAUGES } from './sample.ts';
import { WINDOWS, type Step, type WindowName } from './series.ts';
import type { Track } from './track.ts';

/** A step that has lasted less has no rate yet, as it would be too inexact. */
const SHORTEST_SECONDS = 5;

const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/** The lines of graphs: a number for each step, or null where nothing is known. */
type Lines = Readonly<Record<string, readonly (number | null)[]>>;

/**
 * Makes the answer of the API with a function's last minutes or hours, for graphs.
 * @param track undefined where nothing is kept: then all numbers are null
 * @param now milliseconds since 1970
 */
export function historyJson(track: Track | undefined, window: WindowName, now: number): object {
  const { stepSeconds, steps } = WINDOWS[window];
  const kept: readonly (Step | undefined)[] =
    track?.read(window, now) ?? Array.from({ length: steps }, () => undefined);
  const last = Math.floor(now / 1000 / stepSeconds);
  const lines: Lines = Object.fromEntries([
    ...CLASSES.map((name, at) => [name, kept.map((step) => rate(step, at))] as const),
    ...Object.entries(QUANTILES).map(
      ([name, share]) => [name, kept.map((step) => milliseconds(step, share))] as const,
    ),
    ...GAUGES.map((name, at) => [name, kept.map((step) => orNull(step?.gauges[at]))] as const),
  ]);
  return {
    window,
    stepSeconds,
    start: new Date((last - steps + 1) * stepSeconds * 1000).toISOString(),
    lines,
  };
}

function rate(step: Step | undefined, at: number): number | null {
  if (!step || step.seconds < SHORTEST_SECONDS) return null;
  return rounded((step.counts[at] ?? 0) / step.seconds);
}

function milliseconds(step: Step | undefined, share: number): number | null {
  const seconds = step && quantile(step.counts.subarray(FIRST_BUCKET), share);
  return seconds === undefined ? null : rounded(seconds * 1000);
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : rounded(value);
}
