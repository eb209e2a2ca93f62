import { BUCKETS } from '../../common/metrics/histogram.ts';

/** The classes of HTTP status by which calls are counted. 1xx (an upgrade) counts as 2xx. */
export const CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const;

/** How many counters a sample has: one for each class of status, then one for each bucket of the duration. */
export const COUNTERS = CLASSES.length + BUCKETS.length + 1;
/** The index of the first bucket among the counters. */
export const FIRST_BUCKET = CLASSES.length;

/** The values that a sample has beside the counters, in their order. */
export const GAUGES = ['inFlight', 'replicas', 'availableReplicas', 'cpu', 'memory'] as const;

/** The figures of one function at one look. */
export interface Sample {
  /** The counters since the look before; see COUNTERS. */
  readonly counts: Float64Array;
  /** The values in the order of GAUGES; NaN for unknown ones. */
  readonly gauges: readonly number[];
}

/** @returns the index of a status's class among the counters */
export function classOf(status: number): number {
  return Math.min(CLASSES.length - 1, Math.max(0, Math.floor(status / 100) - 2));
}
