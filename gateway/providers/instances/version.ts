import type { Endpoint } from '../../routing/endpoints.ts';
import type { KeptLine, LineKind } from '../../logs/log-ring.ts';
import type { VersionRecord } from '../../state/function-store.ts';
import { instanceId } from './instance-id.ts';
import type { Instance } from './instance.ts';
import type { InstanceFacts, VersionFacts } from './plan.ts';
import type { FunctionProbes } from './probe-settings.ts';

/** An instance with where it stands in its life. */
export interface Member {
  readonly id: string;
  /** Undefined until its turn to start has come. */
  instance: Instance | undefined;
  /** Aborts its start. */
  readonly unwanted: AbortController;
  phase: InstanceFacts['phase'];
  /** Since when it serves, in milliseconds of a steady clock. */
  servingSince: number | undefined;
  /** Aborts once nothing takes requests any more where it did. */
  readonly gone: AbortController;
  /** Where it takes calls; undefined before it has served. */
  endpoint: Endpoint | undefined;
  /** Where its debugger listens, once it has said so. */
  debuggerPort: number | undefined;
}

/** An instance that is about to be started. */
export function newMember(id: string): Member {
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

/** Why a version lacks instances. */
export interface Failure {
  readonly reason: string;
  readonly lines: readonly string[];
  readonly at: Date;
  /** Whether something else has ended it, such as a limit of its memory: that is told of for a while. */
  readonly isOutside: boolean;
}

/** What is asked for when an instance is started. */
export interface LaunchOptions {
  readonly id: string;
  /** Takes each line that it writes, with who says it where that is not the function. */
  readonly onLine: (line: string, kind?: LineKind) => void;
  /** Takes the port of its debugger. */
  readonly onDebugger: (port: number) => void;
  /** The lines of the function that are kept, for an instance that a gateway before has started. */
  readonly keptLines: () => Promise<readonly KeptLine[]>;
  /** Aborts when the instance is not wanted any more. */
  readonly signal: AbortSignal;
}

/** An instance that served for so long was no failure at its start, in milliseconds. */
const STABLE_MS = 30_000;

/** One version of a function while it runs: its instances, and how they have fared. */
export abstract class Version implements VersionFacts {
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

  /** Whether two instances of it can run at a time. */
  abstract readonly canOverlap: boolean;

  /** What a user should know of it beside failures: a line each. */
  abstract notes(replicas: number): readonly string[];

  /** Starts an instance; it is not ready yet. @throws Error with why it cannot be started */
  abstract launch(options: LaunchOptions): Promise<Instance>;

  /** Hands a secret whose value has changed to the instances that run. */
  abstract refreshSecret(name: string): Promise<void>;

  /** Removes what it leaves behind once it has no instance and will have none. @param others versions that stay */
  abstract discard(others: readonly Version[]): Promise<void>;

  /** The id of an instance to be launched. */
  nextId(): string {
    return instanceId(this.record.deployment.name);
  }

  get instances(): InstanceFacts[] {
    return [...this.members.values()].map(({ id, phase }) => ({ id, phase }));
  }

  count(phase: InstanceFacts['phase']): number {
    return [...this.members.values()].filter((member) => member.phase === phase).length;
  }

  /** Remembers that an instance ended of itself, or never became ready. One that served for long was well until then. */
  fail({ instance, servingSince }: Member, reason: string, now: number): void {
    if (servingSince !== undefined && now - servingSince > STABLE_MS) this.failures = 0;
    this.failures += 1;
    this.lastFailureAt = now;
    const isOutside = instance?.endedBy !== undefined;
    this.lastFailure = { reason, lines: instance?.lastLines ?? [], at: new Date(), isOutside };
  }
}

/** Where an instance that has started takes calls: the same for its whole life. */
export function endpointOf(member: Member): Endpoint {
  member.endpoint ??= {
    instance: member.id,
    host: member.instance?.host ?? '',
    port: member.instance?.port ?? 0,
    basePath: '',
    gone: member.gone.signal,
  };
  return member.endpoint;
}

/** It may have become so while something was awaited. */
export function isDraining({ phase }: Member): boolean {
  return phase === 'draining';
}
