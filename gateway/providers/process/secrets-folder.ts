import { chmod, chown, mkdir, rm, writeFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../../common/errors.ts';
import type { SecretStore } from '../../state/secret-store.ts';

/** A user and group that processes of a function run as, where that is not the gateway's own. */
export interface FunctionUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The secrets of one version of a function, as files that it alone can read: the folder that stands for
 * /var/openfaas/secrets. Only those that the deployment names are in it.
 */
export class SecretsFolder {
  readonly path: string;
  readonly #namespace: string;
  readonly #names: readonly string[];
  readonly #store: SecretStore;
  readonly #user: FunctionUser | undefined;

  constructor(
    path: string,
    namespace: string,
    names: readonly string[],
    store: SecretStore,
    user: FunctionUser | undefined,
  ) {
    this.path = path;
    this.#namespace = namespace;
    this.#names = names;
    this.#store = store;
    this.#user = user;
  }

  async create(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    for (const name of this.#names) await this.refresh(name).catch(ignoreMissing); // removed since the deployment
    if (this.#user) await chown(this.path, this.#user.uid, this.#user.gid);
    await chmod(this.path, 0o500);
  }

  /** Writes a secret anew, whole: a function that reads it at this moment has the old value or the new one. */
  async refresh(name: string): Promise<void> {
    if (!this.#names.includes(name)) return;
    const value = await this.#store.read({ name, namespace: this.#namespace });
    const staged = `${this.path}.${name}`; // beside the folder, which the function reads
    await rm(staged, { force: true });
    await writeFile(staged, value, { mode: 0o400 });
    if (this.#user) await chown(staged, this.#user.uid, this.#user.gid);
    await chmod(this.path, 0o700);
    await rename(staged, join(this.path, name));
    await chmod(this.path, 0o500);
  }
}

function ignoreMissing(error: unknown): void {
  if (systemCodeOf(error) !== 'ENOENT') throw error;
}
