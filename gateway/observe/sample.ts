import { BUCKETS } from '../../common/metrics/histogram.ts';

/** Classes of HTTP status that calls are counted by; 1xx, an upgrade, counts as 2xx. */
export const CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const;

/** Numbers that are counted: by class of status, then by bucket of the duration. */
export const COUNTERS = CLASSES.length + BUCKETS.length + 1;
/** Where the buckets begin among them. */
export const FIRST_BUCKET = CLASSES.length;

/** Numbers that are as they are at a moment, in their order behind the counters. */
export const GAUGES = ['inFlight', 'replicas', 'availableReplicas', 'cpu', 'memory'] as const;

/** What there was of one function between two looks at it. */
export interface Sample {
  /** What was added since the look before; see COUNTERS. */
  readonly counts: Float64Array;
  /** In the order of GAUGES; NaN for what is not known. */
  readonly gauges: readonly number[];
}

/** The place of a status among the counters. */
export function classOf(status: number): number {
  return Math.min(CLASSES.length - 1, Math.max(0, Math.floor(status / 100) - 2));
}
