import type { FoundImage } from '../../../common/local-image.ts';
import { removeUnusedRevisions } from '../../images/unused-revisions.ts';
import type { VersionRecord } from '../../state/function-store.ts';
import type { Instance } from '../instances/instance.ts';
import type { FunctionProbes } from '../instances/probe-settings.ts';
import { FunctionVersion, type LaunchOptions } from '../instances/function-version.ts';
import { canOverlap, launchProcess, type LaunchContext } from './launch.ts';
import type { FunctionUser, SecretsFolder } from '../instances/secrets-folder.ts';

export interface ProcessVersionParts {
  readonly record: VersionRecord;
  readonly probes: FunctionProbes;
  /** Undefined where the image was removed after the deployment. */
  readonly image: FoundImage | undefined;
  readonly secrets: SecretsFolder;
  readonly user: FunctionUser | undefined;
  readonly launch: LaunchContext;
  readonly stateFolder: string;
}

/** A version of a function that runs from a local image. */
export class ProcessVersion extends FunctionVersion {
  readonly #parts: ProcessVersionParts;

  constructor(parts: ProcessVersionParts) {
    super(parts.record, parts.probes);
    this.#parts = parts;
  }

  override get canOverlap(): boolean {
    const { image } = this.#parts;
    return !image || canOverlap(this.record.deployment, image);
  }

  override notes(replicas: number): readonly string[] {
    const limits = this.#parts.launch.limiter.notes(this.record.deployment);
    if (replicas <= 1 || this.canOverlap) return limits;
    return [
      ...limits,
      `one instance runs in place of ${replicas}: its server reads neither http_port nor PORT`,
    ];
  }

  override launch({ id, onLine, onDebugger }: LaunchOptions): Promise<Instance> {
    const { launch, image, secrets, user } = this.#parts;
    const { deployment } = this.record;
    if (!image)
      throw new Error(`its image ${deployment.image} is not local any more: build it, then deploy again`);
    return launchProcess(launch, { deployment, image, secrets, user, id, onLine, onDebugger });
  }

  override refreshSecret(name: string): Promise<void> {
    return this.#parts.secrets.refresh(name);
  }

  override async discard(others: readonly FunctionVersion[]): Promise<void> {
    await this.#parts.secrets.remove();
    const used = new Set(others.map(({ record }) => record.revision ?? ''));
    const { deployment } = this.record;
    await removeUnusedRevisions(this.#parts.stateFolder, deployment.image, used).catch(() => undefined);
  }
}
