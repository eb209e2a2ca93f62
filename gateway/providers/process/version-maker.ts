import { join } from 'node:path';
import { removeFolder } from '../../../common/files/remove-folder.ts';
import { findLocalImage, type FoundImage } from '../../../common/local-image.ts';
import { GatewayError } from '../../errors.ts';
import type { Deployment } from '../../functions/deployment.ts';
import type { FunctionName } from '../../functions/function-name.ts';
import { removeUnusedRevisions } from '../../images/unused-revisions.ts';
import type { VersionRecord } from '../../state/function-store.ts';
import type { SecretStore } from '../../state/secret-store.ts';
import { functionUser } from './function-users.ts';
import { instanceId } from './launch.ts';
import { readProbes } from './probe-settings.ts';
import { SecretsFolder, type FunctionUser } from './secrets-folder.ts';
import { Version } from './version.ts';

export interface VersionMakerParts {
  readonly stateFolder: string;
  /** Of temporary folders. */
  readonly runFolder: string;
  readonly secrets: SecretStore;
  /** Whether each function's processes run as a user of their own. */
  ownUsers: boolean;
}

/** Makes of a deployment what can be run: its image found, its secrets laid out, its probes read. */
export class VersionMaker {
  readonly #parts: VersionMakerParts;

  constructor(parts: VersionMakerParts) {
    this.#parts = parts;
  }

  /**
   * Checks what a deployment asks for.
   * @throws GatewayError SECRET_MISSING, IMAGE_UNAVAILABLE
   */
  async check(deployment: Deployment): Promise<VersionRecord> {
    const { image, namespace, secrets } = deployment;
    const missing = secrets.filter((name) => !this.#parts.secrets.has({ name, namespace }));
    if (missing.length > 0) {
      const text = `there is no secret ${missing.join(', ')} in ${namespace}: create it, then deploy again`;
      throw new GatewayError('SECRET_MISSING', text);
    }
    const { revision } = await this.#imageOf(image);
    return { deployment, revision, deployedAt: new Date().toISOString() };
  }

  async #imageOf(name: string): Promise<FoundImage> {
    const image = await findLocalImage(this.#parts.stateFolder, name);
    if (image) return image;
    const text = `the image ${name} is not local, and there is no container engine to pull it: make it with "ofkit build --local", or give the gateway an engine`;
    throw new GatewayError('IMAGE_UNAVAILABLE', text);
  }

  /** Makes a version. One whose image has gone since is made too, and fails when it is started. */
  async make(record: VersionRecord): Promise<Version> {
    const { deployment, revision } = record;
    const image = await findLocalImage(this.#parts.stateFolder, deployment.image, revision);
    const { name, namespace, secrets, annotations } = deployment;
    const folder = join(this.#parts.runFolder, `${instanceId(name)}.secrets`);
    const secretsFolder = new SecretsFolder(
      folder,
      namespace,
      secrets,
      this.#parts.secrets,
      this.userOf(deployment),
    );
    await secretsFolder.create();
    return new Version(record, image, readProbes(annotations), secretsFolder);
  }

  /** All functions run as the gateway's own user from now on. */
  shareUser(): void {
    this.#parts.ownUsers = false;
  }

  /** The user that a function's processes run as, where it is one of their own. */
  userOf(name: FunctionName): FunctionUser | undefined {
    return this.#parts.ownUsers ? functionUser(name) : undefined;
  }

  /** Removes what a version has left behind that ran last. */
  async tidy({ record, secrets }: Version, used: ReadonlySet<string>): Promise<void> {
    await removeFolder(secrets.path);
    await removeUnusedRevisions(this.#parts.stateFolder, record.deployment.image, used).catch(
      () => undefined,
    );
  }
}
