/** Replicas that one function may have: a slip of the finger must not take the machine down. */
export const MOST_REPLICAS = 1000;

const LEAST = 'com.openfaas.scale.min';

/** The replicas that a function is to have without load: its label com.openfaas.scale.min, 1 where it says nothing. */
export function leastReplicas(labels: Readonly<Record<string, string>>): number {
  const text = labels[LEAST] ?? '';
  return /^\d{1,9}$/.test(text) ? Math.min(MOST_REPLICAS, Math.max(1, Number(text))) : 1;
}
