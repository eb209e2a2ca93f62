import type { MetricValue } from './family.ts';

/** Upper bounds in seconds: Prometheus's defaults, which OpenFaaS uses. */
export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counted durations, as plain numbers, so that they can be sent to another process. */
export interface Histogram {
  /** The counts of the buckets, not cumulative. The last bucket is for durations above all bounds. */
  readonly counts: number[];
  total: number;
  seconds: number;
}

export function newHistogram(): Histogram {
  return { counts: Array.from({ length: BUCKETS.length + 1 }, () => 0), total: 0, seconds: 0 };
}

/** Counts one duration. It is on the path of every request, so it only adds to numbers. */
export function observe(histogram: Histogram, seconds: number): void {
  let bucket = 0;
  while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] ?? 0)) bucket += 1;
  histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
  histogram.total += 1;
  histogram.seconds += seconds;
}

/** Adds the counts of another histogram. */
export function addHistogram(histogram: Histogram, { counts, total, seconds }: Readonly<Histogram>): void {
  for (const [at, count] of counts.entries()) histogram.counts[at] = (histogram.counts[at] ?? 0) + count;
  histogram.total += total;
  histogram.seconds += seconds;
}

/** @returns the lines of a histogram for a registry */
export function histogramValues(
  name: string,
  labels: Readonly<Record<string, string>>,
  { counts, total, seconds }: Readonly<Histogram>,
): MetricValue[] {
  let sum = 0;
  const buckets = counts.map((count, at) => {
    sum += count;
    const le = at < BUCKETS.length ? String(BUCKETS[at]) : '+Inf';
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: sum };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: seconds },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
