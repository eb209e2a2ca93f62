/** The most replicas of one function, so that a typing error does not take the machine down. */
export const MOST_REPLICAS = 1000;

const LEAST = 'com.openfaas.scale.min';

/** @returns the replicas of a function without load: its label com.openfaas.scale.min, or 1 */
export function leastReplicas(labels: Readonly<Record<string, string>>): number {
  const text = labels[LEAST] ?? '';
  return /^\d{1,9}$/.test(text) ? Math.min(MOST_REPLICAS, Math.max(1, Number(text))) : 1;
}
