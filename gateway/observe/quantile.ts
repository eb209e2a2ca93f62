import { BUCKETS } from '../../common/metrics/histogram.ts';

/**
 * The duration that a share of all calls stayed below, as Prometheus's histogram_quantile guesses it: calls are taken
 * to lie evenly within their bucket, and those over every bound at the highest bound.
 * @param counts by bucket, not cumulated; the last is for what is over every bound
 * @param share from 0 to 1
 * @returns seconds, or undefined where there was no call
 */
export function quantile(counts: ArrayLike<number>, share: number): number | undefined {
  let total = 0;
  for (let at = 0; at < counts.length; at += 1) total += counts[at] ?? 0;
  if (total === 0) return undefined;
  const rank = share * total;
  let below = 0;
  for (let at = 0; at < BUCKETS.length; at += 1) {
    const count = counts[at] ?? 0;
    const upper = BUCKETS[at] ?? 0;
    if (count > 0 && below + count >= rank) {
      const lower = at === 0 ? 0 : (BUCKETS[at - 1] ?? 0);
      return lower + (upper - lower) * ((rank - below) / count);
    }
    below += count;
  }
  return BUCKETS.at(-1);
}
