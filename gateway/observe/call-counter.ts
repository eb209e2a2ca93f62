import type { CountedCalls } from '../metrics/invocation-metrics.ts';
import { classOf, COUNTERS, FIRST_BUCKET } from './sample.ts';

/** Turns the counts since the start into the counts since the last look. */
export class CallCounter {
  #before: Float64Array = new Float64Array(COUNTERS);

  /**
   * @param calls undefined where the function was never called
   * @returns the counters of `Sample` since the last look
   */
  added(calls: CountedCalls | undefined): Float64Array {
    const now = totals(calls);
    // fewer than before: the function was removed and deployed again meanwhile, so its counts began again too
    const isSame = now.every((count, at) => count >= (this.#before[at] ?? 0));
    const before = isSame ? this.#before : new Float64Array(COUNTERS);
    this.#before = now;
    return now.map((count, at) => count - (before[at] ?? 0));
  }
}

function totals(calls: CountedCalls | undefined): Float64Array {
  const sums = new Float64Array(COUNTERS);
  for (const [status, histogram] of calls?.ended ?? []) {
    const at = classOf(status);
    sums[at] = (sums[at] ?? 0) + histogram.total;
    for (const [bucket, count] of histogram.counts.entries())
      sums[FIRST_BUCKET + bucket] = (sums[FIRST_BUCKET + bucket] ?? 0) + count;
  }
  return sums;
}
