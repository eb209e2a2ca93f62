import { leastReplicas, MOST_REPLICAS } from '../functions/replicas.ts';

/** The defaults of the labels for AlertManager's alerts, the same as in OpenFaaS. */
const DEFAULT_MAX = 5;
const DEFAULT_FACTOR = 10;

/**
 * Decides how many replicas a function has after an alert.
 * @param isFiring whether the alert says that the load is too high; if not, the function returns to its minimum
 * @param labels `com.openfaas.scale.min`, `.max`, and `.factor`, the percentage of max that is added at a time
 */
export function replicasAfterAlert(
  isFiring: boolean,
  replicas: number,
  labels: Readonly<Record<string, string>>,
): number {
  const min = leastReplicas(labels);
  if (!isFiring) return min;
  const max = Math.max(min, Math.min(MOST_REPLICAS, setting(labels, 'max', DEFAULT_MAX)));
  const factor = Math.min(100, setting(labels, 'factor', DEFAULT_FACTOR));
  return Math.max(min, Math.min(max, replicas + Math.ceil((max * factor) / 100)));
}

function setting(labels: Readonly<Record<string, string>>, name: string, fallback: number): number {
  const text = labels[`com.openfaas.scale.${name}`] ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) : fallback;
}
