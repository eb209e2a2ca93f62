import { BUCKETS } from '../../common/metrics/histogram.ts';

/**
 * Estimates the duration below which a share of all calls stayed, as Prometheus's histogram_quantile does: it assumes
 * that calls are spread evenly within a bucket, and that calls above all bounds took the highest bound.
 * @param counts the calls of each bucket, not cumulative; the last bucket is for calls above all bounds
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
