/** What is known of one instance when it is decided what to do next. */
export interface InstanceFacts {
  readonly id: string;
  /** `serving` is in rotation; `waiting` has been started and is not ready; `draining` is on its way out. */
  readonly phase: 'waiting' | 'serving' | 'draining';
}

/** What is known of one version of a function. */
export interface VersionFacts {
  /** Whether any of its instances was ever ready. */
  readonly hasServed: boolean;
  readonly instances: readonly InstanceFacts[];
  /** Instances in a row that ended of themselves or never became ready. */
  readonly failures: number;
  /** When the last of them did, in milliseconds of any steady clock. */
  readonly lastFailureAt: number;
}

export interface FunctionFacts {
  /** Instances that are wished for. */
  readonly replicas: number;
  readonly current: VersionFacts;
  /** The version before, as long as it has to serve or has instances left. */
  readonly previous?: VersionFacts;
  /** Whether two instances can run at a time: not where the server's port is fixed. */
  readonly canOverlap: boolean;
  /** Whether a version that never served is started again while the one before it serves. */
  readonly retriesUpdate: boolean;
}

/** What to do now, and when to look again where nothing else happens before. */
export interface Plan {
  readonly startCurrent: number;
  readonly startPrevious: number;
  readonly stop: readonly string[];
  /** Milliseconds of the same clock. */
  readonly lookAgainAt?: number;
}

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 60_000;

/** How long after its last failure a version is started again: the first time at once, then 1 s, 2 s, 4 s … 60 s. */
export function restartDelay(failures: number): number {
  if (failures <= 1) return 0;
  return Math.min(FIRST_DELAY_MS * 2 ** Math.min(failures - 2, 20), LONGEST_DELAY_MS);
}

/**
 * Decides which instances to start and to stop.
 *
 * The version before serves until the current one has as many ready instances as are wished for; where both cannot run
 * at a time it goes first, and comes back for good if the current one does not start. What fails is started again after
 * a delay that grows.
 */
export function planInstances(facts: FunctionFacts, now: number): Plan {
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

/** The current version is left as it is: the one before it serves until another is deployed. */
function planReturn(
  { replicas, current, canOverlap }: FunctionFacts,
  previous: VersionFacts,
  now: number,
): Plan {
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
    // those that serve nobody yet go first, then the youngest
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
