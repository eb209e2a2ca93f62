import type { FunctionRecord } from '../../state/function-store.ts';
import type { FunctionStatus, InstanceState, InstanceStatus } from '../../functions/function-status.ts';
import type { Member, Version } from './version.ts';

/**
 * What each instance of a function is doing.
 * @param inFlightAt the calls in flight at an instance that is in rotation
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

/** When a function was made, and its version. */
export function datesOf({
  createdAt,
  current: { deployedAt },
}: FunctionRecord): Pick<FunctionStatus, 'createdAt' | 'deployedAt'> {
  return {
    createdAt: new Date(createdAt),
    ...(deployedAt !== undefined && { deployedAt: new Date(deployedAt) }),
  };
}
