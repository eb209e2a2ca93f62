import { chmod, chown, mkdir, rm, writeFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../../common/errors.ts';
import { removeFolder } from '../../../common/files/remove-folder.ts';
import type { SecretStore } from '../../state/secret-store.ts';

/** The user and group of a function's processes, if they are not the gateway's own. */
export interface FunctionUser {
  readonly uid: number;
  readonly gid: number;
}

export interface SecretsFolderOptions {
  readonly path: string;
  readonly namespace: string;
  /** The secrets that the deployment names. The folder has only these. */
  readonly names: readonly string[];
  readonly store: SecretStore;
  /** The owner of the files, if it is not the gateway's user. */
  readonly user?: FunctionUser | undefined;
  /** Whether all users may read the files, as the user of a container is not known. */
  readonly isForAll?: boolean;
}

/** The secrets of one version of a function as files, in the folder that the function sees as /var/openfaas/secrets. */
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
    for (const name of names) await this.refresh(name).catch(ignoreMissing); // it was removed meanwhile
    if (user) await chown(this.path, user.uid, user.gid);
    await chmod(this.path, this.#modes.folder);
  }

  /** Replaces the file of a secret atomically: a function reads the old value or the new one. */
  async refresh(name: string): Promise<void> {
    const { names, namespace, store, user } = this.#options;
    if (!names.includes(name)) return;
    const value = await store.read({ name, namespace });
    const staged = `${this.path}.${name}`; // outside the folder, whose content the function sees
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

/** Removes a folder of secrets, which even its owner may not write to. */
export async function removeSecretsFolder(path: string): Promise<void> {
  await chmod(path, 0o700).catch(ignoreMissing);
  await removeFolder(path);
}

function ignoreMissing(error: unknown): void {
  if (systemCodeOf(error) !== 'ENOENT') throw error;
}
