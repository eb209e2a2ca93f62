import type { Metric } from 'prom-client';
import type { MetricFamily } from './family.ts';

/**
 * Prints metrics as Prometheus reads them. prom-client is loaded when the first scrape comes, as serving does not need
 * it.
 */
export async function renderMetrics(
  families: readonly MetricFamily[],
): Promise<{ contentType: string; body: string }> {
  const { Registry } = await import('prom-client');
  const registry = new Registry();
  for (const family of families) {
    registry.registerMetric({ ...family, get: () => Promise.resolve(family) } as unknown as Metric);
  }
  return { contentType: registry.contentType, body: await registry.metrics() };
}
