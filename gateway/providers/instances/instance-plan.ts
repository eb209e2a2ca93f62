/** The facts about one instance that the plan depends on. */
export interface InstanceFacts {
  readonly id: string;
  /**
   * `waiting`: is starting or not ready. `serving`: is in the rotation. `draining`: answers its last calls and ends.
   */
  readonly phase: 'waiting' | 'serving' | 'draining';
}

/** The facts about one version of a function that the plan depends on. */
export interface VersionFacts {
  /** Whether any of its instances was ever ready. */
  readonly hasServed: boolean;
  readonly instances: readonly InstanceFacts[];
  /** How many instances in a row ended without having been stopped, or never became ready. */
  readonly failures: number;
  /** When the last of them failed, in milliseconds of a monotonic clock. */
  readonly lastFailureAt: number;
}

export interface PlanFacts {
  /** The wanted number of instances. */
  readonly replicas: number;
  readonly current: VersionFacts;
  /** The version before, while it still serves or has instances left. */
  readonly previous?: VersionFacts;
  /** Whether two instances can run at the same time. Servers with a fixed port cannot. */
  readonly canOverlap: boolean;
  /** Whether a new version that failed is started again while the one before it serves. */
  readonly retriesUpdate: boolean;
}

/** The next actions, and the time of the next plan if nothing happens before. */
export interface Plan {
  readonly startCurrent: number;
  readonly startPrevious: number;
  readonly stop: readonly string[];
  /** Milliseconds of the same clock. */
  readonly lookAgainAt?: number;
}

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 60_000;

/**
 * @returns the pause after a failure, in milliseconds: none after the first, then 1 s, 2 s, 4 s and so on up to 60 s
 */
export function restartDelay(failures: number): number {
  if (failures <= 1) return 0;
  return Math.min(FIRST_DELAY_MS * 2 ** Math.min(failures - 2, 20), LONGEST_DELAY_MS);
}

/**
 * Decides which instances to start and to stop.
 *
 * The version before serves until the current one has enough ready instances. If both cannot run at the same time, the
 * version before stops first; it comes back if the current one fails to start, which is then not tried again. Instances
 * that fail are started again after a growing pause.
 * @param now milliseconds of the clock of `lastFailureAt`
 */
export function planInstances(facts: PlanFacts, now: number): Plan {
  const { replicas, current, previous, canOverlap } = facts;
  const hasFailed = previous !== undefined && current.failures > 0 && !current.hasServed;
  if (hasFailed && !(canOverlap && facts.retriesUpdate)) return planReturn(facts, previous, now);
  const serving = current.instances.filter(({ phase }) => phase === 'serving').length;
  const isReplaced = serving >= replicas || !canOverlap;
  const stopPrevious = previous && isReplaced ? alive(previous).map(({ id }) => id) : [];
  const isHeldUp = !canOverlap && (previous?.instances.length ?? 0) > 0;
  const most = canOverlap ? replicas : Math.min(replicas, 1);
  const ofCurrent = planVersion(current, most, now, isHeldUp || (!canOverlap && hasDraining(current)));
  const ofPrevious = previous && !isReplaced ? planVersion(previous, replicas, now, false) : undefined;
  const lookAgainAt = Math.min(ofCurrent.lookAgainAt, ofPrevious?.lookAgainAt ?? Number.POSITIVE_INFINITY);
  return {
    startCurrent: ofCurrent.start,
    startPrevious: ofPrevious?.start ?? 0,
    stop: [...stopPrevious, ...ofCurrent.stop, ...(ofPrevious?.stop ?? [])],
    ...(Number.isFinite(lookAgainAt) && { lookAgainAt }),
  };
}

/** Gives the current version up: it stops, and the one before it serves until another is deployed. */
function planReturn({ replicas, current, canOverlap }: PlanFacts, previous: VersionFacts, now: number): Plan {
  const most = canOverlap ? replicas : Math.min(replicas, 1);
  const isHeldUp = !canOverlap && current.instances.length > 0;
  const { start, stop, lookAgainAt } = planVersion(previous, most, now, isHeldUp);
  return {
    startCurrent: 0,
    startPrevious: start,
    stop: [...alive(current).map(({ id }) => id), ...stop],
    ...(Number.isFinite(lookAgainAt) && { lookAgainAt }),
  };
}

function planVersion(
  version: VersionFacts,
  replicas: number,
  now: number,
  isHeldUp: boolean,
): { start: number; stop: string[]; lookAgainAt: number } {
  const live = alive(version);
  const missing = replicas - live.length;
  if (missing <= 0) {
    // instances that do not serve yet stop first, then the youngest
    const byWorth = [...live].sort((a, b) => Number(b.phase === 'serving') - Number(a.phase === 'serving'));
    return {
      start: 0,
      stop: byWorth.slice(replicas).map(({ id }) => id),
      lookAgainAt: Number.POSITIVE_INFINITY,
    };
  }
  if (isHeldUp) return { start: 0, stop: [], lookAgainAt: Number.POSITIVE_INFINITY };
  const at = version.failures === 0 ? now : version.lastFailureAt + restartDelay(version.failures);
  if (at > now) return { start: 0, stop: [], lookAgainAt: at };
  return { start: missing, stop: [], lookAgainAt: Number.POSITIVE_INFINITY };
}

function alive({ instances }: VersionFacts): InstanceFacts[] {
  return instances.filter(({ phase }) => phase !== 'draining');
}

function hasDraining({ instances }: VersionFacts): boolean {
  return instances.some(({ phase }) => phase === 'draining');
}
