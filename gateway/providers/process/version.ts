import type { FoundImage } from '../../../common/local-image.ts';
import type { VersionRecord } from '../../state/function-store.ts';
import type { Instance } from './instance.ts';
import type { InstanceFacts, VersionFacts } from './plan.ts';
import type { FunctionProbes } from './probe-settings.ts';
import type { SecretsFolder } from './secrets-folder.ts';

/** An instance with where it stands in its life. */
export interface Member {
  readonly id: string;
  /** Undefined until its turn to start has come. */
  instance: Instance | undefined;
  phase: InstanceFacts['phase'];
  /** Since when it serves, in milliseconds of a steady clock. */
  servingSince: number | undefined;
  /** Where its debugger listens, once it has said so. */
  debuggerPort: number | undefined;
}

/** An instance that is about to be started. */
export function newMember(id: string): Member {
  return { id, instance: undefined, phase: 'waiting', servingSince: undefined, debuggerPort: undefined };
}

/** Why a version lacks instances. */
export interface Failure {
  readonly reason: string;
  readonly lines: readonly string[];
  readonly at: Date;
}

/** An instance that served for so long was no failure at its start, in milliseconds. */
const STABLE_MS = 30_000;

/** One version of a function while it runs: its instances, and how they have fared. */
export class Version implements VersionFacts {
  readonly record: VersionRecord;
  /** Undefined where it has gone since it was deployed. */
  readonly image: FoundImage | undefined;
  readonly probes: FunctionProbes;
  readonly secrets: SecretsFolder;
  readonly members = new Map<string, Member>();
  /** Whether any of its instances was ever ready. */
  hasServed = false;
  failures = 0;
  lastFailureAt = 0;
  lastFailure: Failure | undefined;

  constructor(
    record: VersionRecord,
    image: FoundImage | undefined,
    probes: FunctionProbes,
    secrets: SecretsFolder,
  ) {
    this.record = record;
    this.image = image;
    this.probes = probes;
    this.secrets = secrets;
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
    this.lastFailure = { reason, lines: instance?.lastLines ?? [], at: new Date() };
  }
}

/** CPU in thousandths of a core, memory in bytes, of all instances of some versions. */
export function measureVersions(versions: readonly Version[]): { cpu: number; totalMemoryBytes: number } {
  const measured = versions
    .flatMap(({ members }) => [...members.values()])
    .map(({ instance }) => instance?.measure());
  return {
    cpu: measured.reduce((sum, one) => sum + (one?.cpu ?? 0), 0),
    totalMemoryBytes: measured.reduce((sum, one) => sum + (one?.bytes ?? 0), 0),
  };
}
