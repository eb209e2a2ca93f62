import type { FunctionStatus, InstanceState, InstanceStatus } from '../../functions/function-status.ts';
import type { FunctionRecord } from '../../state/function-store.ts';
import { measureAll, type CpuTotal } from './cpu-total.ts';
import { statusNotes } from './version-notes.ts';
import type { Member, FunctionVersion } from './function-version.ts';

/** The facts that the status of a function is made from. */
export interface StatusParts {
  readonly record: FunctionRecord;
  readonly current: FunctionVersion;
  readonly previous: FunctionVersion | undefined;
  /** All versions that have instances: the current, the previous, and older ones whose last instances are draining. */
  readonly versions: readonly FunctionVersion[];
  /** Counts the calls in flight at an instance, by its id. */
  readonly inFlightAt: (id: string) => number;
  /** Where CPU and memory are wanted: the processor time of the function so far. */
  readonly cpuTotal: CpuTotal | undefined;
}

/** Makes the status of a function. */
export async function managedStatus(parts: StatusParts): Promise<FunctionStatus> {
  const { record, current, previous, versions, inFlightAt, cpuTotal } = parts;
  const members = versions.flatMap((version) => [...version.members.values()]);
  const usage = cpuTotal && (await measureAll(members, cpuTotal));
  const { replicas } = record;
  const serving = versions.reduce((sum, version) => sum + version.count('serving'), 0);
  return {
    deployment: record.current.deployment,
    replicas,
    availableReplicas: Math.min(serving, replicas),
    ...datesOf(record),
    instances: instanceStates(versions, inFlightAt),
    notes: statusNotes(current, previous, replicas, Date.now()),
    ...(usage && { usage }),
  };
}

/**
 * Lists the instances of a function with their states, for the status.
 * @param inFlightAt counts the calls in flight at an instance, by its id
 */
function instanceStates(
  versions: readonly FunctionVersion[],
  inFlightAt: (id: string) => number,
): InstanceStatus[] {
  return versions.flatMap((version) =>
    [...version.members.values()].map((member) => {
      const inFlight = inFlightAt(member.id);
      return { id: member.id, state: stateOf(member, version.failures > 0, inFlight), inFlight };
    }),
  );
}

function stateOf({ phase }: Pick<Member, 'phase'>, hasFailed: boolean, inFlight: number): InstanceState {
  if (phase === 'draining') return 'draining';
  if (phase === 'waiting') return hasFailed ? 'restarting' : 'starting';
  return inFlight > 0 ? 'busy' : 'idle';
}

/** @returns when a function was deployed first, and when its current version was */
function datesOf({
  createdAt,
  current: { deployedAt },
}: FunctionRecord): Pick<FunctionStatus, 'createdAt' | 'deployedAt'> {
  return {
    createdAt: new Date(createdAt),
    ...(deployedAt !== undefined && { deployedAt: new Date(deployedAt) }),
  };
}
