import type { Endpoint } from '../../routing/endpoints.ts';
import type { KeptLine, LineKind } from '../../function-logs/log-ring.ts';
import type { VersionRecord } from '../../state/function-store.ts';
import { instanceId } from './instance-id.ts';
import type { Instance } from './instance.ts';
import type { InstanceFacts, VersionFacts } from './instance-plan.ts';
import type { FunctionProbes } from './probe-settings.ts';

/** An instance of a version, from the decision to start it until its end. */
export interface Member {
  readonly id: string;
  /** Undefined until the instance has been launched. */
  instance: Instance | undefined;
  /** Aborts the launch. */
  readonly unwanted: AbortController;
  phase: InstanceFacts['phase'];
  /** Since when it serves, in milliseconds of a monotonic clock. */
  servingSince: number | undefined;
  /** Aborts when the instance has ended. */
  readonly gone: AbortController;
  /** Where it takes calls; undefined before it has served. */
  endpoint: Endpoint | undefined;
  /** The port of its debugger, once it is known. */
  debuggerPort: number | undefined;
}

/** Makes the member for an instance that is about to be launched. */
function newMember(id: string): Member {
  return {
    id,
    instance: undefined,
    unwanted: new AbortController(),
    phase: 'waiting',
    servingSince: undefined,
    gone: new AbortController(),
    endpoint: undefined,
    debuggerPort: undefined,
  };
}

/** The last failure of an instance of a version. */
export interface Failure {
  readonly reason: string;
  readonly lines: readonly string[];
  readonly at: Date;
  /** Whether the instance was ended from outside, such as for its memory. The status tells that for a while. */
  readonly isOutside: boolean;
}

export interface LaunchOptions {
  readonly id: string;
  /** Is called with each line that the instance writes, and with its kind if it is not the function's. */
  readonly onLine: (line: string, kind?: LineKind) => void;
  /** Is called with the port of the instance's debugger. */
  readonly onDebugger: (port: number) => void;
  /** Reads the function's log, for an instance that an earlier run of the gateway has started. */
  readonly keptLines: () => Promise<readonly KeptLine[]>;
  /** Aborts when the instance is not wanted any more. */
  readonly signal: AbortSignal;
}

/** After an instance has served for so long, earlier failures no longer count, in milliseconds. */
const STABLE_MS = 30_000;

/** One version of a function, with its instances and their failures. */
export abstract class FunctionVersion implements VersionFacts {
  readonly record: VersionRecord;
  readonly probes: FunctionProbes;
  readonly members = new Map<string, Member>();
  /** Whether any of its instances was ever ready. */
  hasServed = false;
  failures = 0;
  lastFailureAt = 0;
  lastFailure: Failure | undefined;

  constructor(record: VersionRecord, probes: FunctionProbes) {
    this.record = record;
    this.probes = probes;
  }

  /** Whether two instances of it can run at the same time. */
  abstract readonly canOverlap: boolean;

  /** @returns lines for the status that tell a user more than the failures do */
  abstract notes(replicas: number): readonly string[];

  /**
   * Starts an instance, which is not ready yet when this resolves.
   * @throws Error with the reason why it cannot start
   */
  abstract launch(options: LaunchOptions): Promise<Instance>;

  /** Gives the new value of a secret to the running instances. */
  abstract refreshSecret(name: string): Promise<void>;

  /** Removes the files of this version, which starts no more instances. @param others the versions that stay */
  abstract discard(others: readonly FunctionVersion[]): Promise<void>;

  /** @returns the id for the next instance to be launched */
  nextId(): string {
    return instanceId(this.record.deployment.name);
  }

  /** Adds an instance that is about to be started. */
  addMember(): Member {
    const member = newMember(this.nextId());
    this.members.set(member.id, member);
    return member;
  }

  /** Notes that an instance serves. @param now by performance.now() */
  serve(member: Member, now: number): void {
    member.phase = 'serving';
    member.servingSince ??= now;
    this.hasServed = true;
  }

  get instances(): InstanceFacts[] {
    return [...this.members.values()].map(({ id, phase }) => ({ id, phase }));
  }

  count(phase: InstanceFacts['phase']): number {
    return [...this.members.values()].filter((member) => member.phase === phase).length;
  }

  /**
   * Notes that an instance ended without having been stopped, or never became ready. If it had served for long, earlier
   * failures no longer count.
   * @param now milliseconds of a monotonic clock
   */
  fail({ instance, servingSince }: Member, reason: string, now: number): void {
    if (servingSince !== undefined && now - servingSince > STABLE_MS) this.failures = 0;
    this.failures += 1;
    this.lastFailureAt = now;
    const isOutside = instance?.endedBy !== undefined;
    this.lastFailure = { reason, lines: instance?.lastLines ?? [], at: new Date(), isOutside };
  }
}

/** @returns the endpoint of an instance that has started: the same one for its whole life */
export function endpointOf(member: Member): Endpoint {
  member.endpoint ??= {
    instance: member.id,
    host: member.instance?.host ?? '',
    port: member.instance?.port ?? 0,
    basePath: '',
    gone: member.gone.signal,
    look: () => void member.instance?.look?.(),
  };
  return member.endpoint;
}

/**
 * Whether a member is draining. A function, as its phase may have changed during an await, which the compiler ignores.
 */
export function isDraining({ phase }: Member): boolean {
  return phase === 'draining';
}
