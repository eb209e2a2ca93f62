import type { ScalePolicy } from './scale-policy.ts';

/** The load of a function over the last window. */
export interface Load {
  /** Replicas that were ready. */
  readonly ready: number;
  /** The load of all replicas together, in the unit of the policy's type. */
  readonly total: number;
}

/** The tolerance for rounding errors, which must not add a replica. */
const NOISE = 1e-9;

/**
 * Decides how many replicas the load needs: total load ÷ (target × proportion), rounded up, from min to max
 * (docs.openfaas.com, Autoscaling).
 */
export function desiredReplicas(policy: ScalePolicy, load: Load): number {
  if (policy.min === policy.max) return policy.min;
  const wanted = Math.ceil(load.total / (policy.target * policy.targetProportion) - NOISE);
  return Math.min(Math.max(wanted, policy.min), policy.max);
}

/** A number of replicas that the load needed, and when, in milliseconds of a monotonic clock. */
export interface Recommendation {
  readonly at: number;
  readonly replicas: number;
}

/**
 * Delays a step down until no recommendation of the last `down.window` asks for more. Steps up are not delayed.
 * @param earlier recommendations, oldest first
 * @returns how many replicas to have now, and the recommendations to remember
 */
export function settle(
  policy: ScalePolicy,
  earlier: readonly Recommendation[],
  latest: Recommendation,
): { replicas: number; remembered: readonly Recommendation[] } {
  const since = latest.at - policy.downWindow;
  // a recommendation does not matter if a later one asks for at least as much
  const remembered = [
    ...earlier.filter(({ at, replicas }) => at > since && replicas > latest.replicas),
    latest,
  ];
  return { replicas: Math.max(...remembered.map(({ replicas }) => replicas)), remembered };
}

/** Whether a function has been without calls for so long that it is stopped. Times in milliseconds of one clock. */
export function isIdle(policy: ScalePolicy, lastActive: number, now: number): boolean {
  return policy.zero && now - lastActive >= policy.zeroDuration;
}
