import type { ScalePolicy } from './scale-policy.ts';

/** The load of a function over the last window. */
export interface Load {
  /** Replicas that were ready. */
  readonly ready: number;
  /** The load of all of them together, in the unit of the policy's type; for `queue` the waiting calls. */
  readonly total: number;
}

/** The error of floating point, which must not add a replica. */
const NOISE = 1e-9;

/**
 * Decides how many replicas the load needs: `ready × mean load of a replica ÷ (target × proportion)`, rounded up,
 * between min and max. Calls that wait in a queue are divided in the same way, however many replicas there are.
 */
export function desiredReplicas(policy: ScalePolicy, load: Load): number {
  if (policy.min === policy.max) return policy.min;
  const wanted = Math.ceil(load.total / (policy.target * policy.targetProportion) - NOISE);
  return Math.min(Math.max(wanted, policy.min), policy.max);
}

/** A recommendation and its time (milliseconds of any steady clock). */
export interface Recommendation {
  readonly at: number;
  readonly replicas: number;
}

/**
 * Holds back a step down until no recommendation of the last `down.window` asked for more. Steps up are not delayed.
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

/** Whether a function has been without calls for so long that its last replica can go. */
export function isIdle(policy: ScalePolicy, lastActive: number, now: number): boolean {
  return policy.zero && now - lastActive >= policy.zeroDuration;
}
