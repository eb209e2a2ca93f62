import type { FunctionRecord } from '../../state/function-store.ts';
import type { FunctionStatus, InstanceState, InstanceStatus } from '../../functions/function-status.ts';
import type { Member, Version } from './version.ts';

/**
 * Lists the instances of a function with their states, for the status.
 * @param inFlightAt counts the calls in flight at an instance, by its id
 */
export function instanceStates(
  versions: readonly Version[],
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
export function datesOf({
  createdAt,
  current: { deployedAt },
}: FunctionRecord): Pick<FunctionStatus, 'createdAt' | 'deployedAt'> {
  return {
    createdAt: new Date(createdAt),
    ...(deployedAt !== undefined && { deployedAt: new Date(deployedAt) }),
  };
}
