/** One line of a metric. */
export interface MetricValue {
  /** The name, if it differs from the family's, as for the buckets of a histogram. */
  readonly metricName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric with its lines, as prom-client's registry takes it. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly values: readonly MetricValue[];
}

/** Makes a counter or gauge with one line. */
export function single(type: 'counter' | 'gauge', name: string, help: string, value: number): MetricFamily {
  return { name, help, type, values: [{ value }] };
}
