import type { Deployment } from '../../functions/deployment.ts';

/** Instances that a function is to have without load: com.openfaas.scale.min. */
export function leastReplicas({ labels }: Deployment): number {
  const least = Number(labels['com.openfaas.scale.min'] ?? 1);
  return Number.isInteger(least) && least > 0 ? least : 1;
}
