import type { ScalePolicy } from './scale-policy.ts';

/** What a function had to carry over the last window. */
export interface Load {
  /** Replicas that were ready. */
  readonly ready: number;
  /** The load of all of them together, in the unit of the policy's type; for `queue` the calls that wait. */
  readonly total: number;
}

/** What floating point adds beyond a whole number must not make one replica more. */
const NOISE = 1e-9;

/**
 * How many replicas the load asks for: `ready × mean load of a replica ÷ (target × proportion)`, rounded up, between
 * min and max. Calls that wait in a queue are shared out in the same way, however many replicas there are.
 */
export function desiredReplicas(policy: ScalePolicy, load: Load): number {
  if (policy.min === policy.max) return policy.min;
  const wanted = Math.ceil(load.total / (policy.target * policy.targetProportion) - NOISE);
  return Math.min(Math.max(wanted, policy.min), policy.max);
}

/** A recommendation, and when it was made (milliseconds of any steady clock). */
export interface Recommendation {
  readonly at: number;
  readonly replicas: number;
}

/**
 * Holds back a step down until no recommendation of the last `down.window` asked for more. Steps up are not delayed.
 * @param earlier what was recommended before, oldest first
 * @returns how many replicas to have now, and what to remember for the next time
 */
export function settle(
  policy: ScalePolicy,
  earlier: readonly Recommendation[],
  latest: Recommendation,
): { replicas: number; remembered: readonly Recommendation[] } {
  const since = latest.at - policy.downWindow;
  // Of recommendations that ask for no more than a later one does, nothing depends.
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
