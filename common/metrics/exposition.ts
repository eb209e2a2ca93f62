import type { Metric } from 'prom-client';
import type { MetricFamily } from './family.ts';

/**
 * Prints metrics in the format of Prometheus. prom-client is loaded with the first scrape, as nothing else needs it.
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
