import { chmod, chown, mkdir, rm, writeFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../../common/errors.ts';
import { removeFolder } from '../../../common/files/remove-folder.ts';
import type { SecretStore } from '../../state/secret-store.ts';

/** A user and group that processes of a function run as, where that is not the gateway's own. */
export interface FunctionUser {
  readonly uid: number;
  readonly gid: number;
}

export interface SecretsFolderOptions {
  readonly path: string;
  readonly namespace: string;
  /** Those that the deployment names: no other is in it. */
  readonly names: readonly string[];
  readonly store: SecretStore;
  /** Whose the files are, where they are not the gateway's user's. */
  readonly user?: FunctionUser | undefined;
  /** Whether whoever gets to the folder may read it: for a container's user, who can be any. */
  readonly isForAll?: boolean;
}

/** The secrets of one version of a function as files: the folder that stands for /var/openfaas/secrets. */
export class SecretsFolder {
  readonly path: string;
  readonly #options: SecretsFolderOptions;
  readonly #modes: { readonly folder: number; readonly file: number };

  constructor(options: SecretsFolderOptions) {
    this.path = options.path;
    this.#options = options;
    this.#modes = options.isForAll === true ? { folder: 0o555, file: 0o444 } : { folder: 0o500, file: 0o400 };
  }

  async create(): Promise<void> {
    const { names, user } = this.#options;
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    for (const name of names) await this.refresh(name).catch(ignoreMissing); // removed since the deployment
    if (user) await chown(this.path, user.uid, user.gid);
    await chmod(this.path, this.#modes.folder);
  }

  /** Writes a secret anew, whole: a function that reads it at this moment has the old value or the new one. */
  async refresh(name: string): Promise<void> {
    const { names, namespace, store, user } = this.#options;
    if (!names.includes(name)) return;
    const value = await store.read({ name, namespace });
    const staged = `${this.path}.${name}`; // beside the folder, which the function reads
    await rm(staged, { force: true });
    await writeFile(staged, value, { mode: 0o400 });
    if (user) await chown(staged, user.uid, user.gid);
    await chmod(staged, this.#modes.file);
    await chmod(this.path, 0o700);
    await rename(staged, join(this.path, name));
    await chmod(this.path, this.#modes.folder);
  }

  remove(): Promise<void> {
    return removeSecretsFolder(this.path);
  }
}

/** Removes such a folder, in which its owner may not write. */
export async function removeSecretsFolder(path: string): Promise<void> {
  await chmod(path, 0o700).catch(ignoreMissing);
  await removeFolder(path);
}

function ignoreMissing(error: unknown): void {
  if (systemCodeOf(error) !== 'ENOENT') throw error;
}
