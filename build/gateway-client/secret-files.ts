import { mkdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KitError } from '../errors.ts';
import { isWithin } from '../files/inside.ts';
import { isFile } from '../files/kinds.ts';

const SECRETS_FOLDER = '.secrets';

/**
 * Finds the files of secrets that stack.yaml names.
 * @returns their paths by name
 * @throws KitError NOT_FOUND with the names that are missing
 */
export async function findSecrets(
  cwd: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const source = join(cwd, SECRETS_FOLDER);
  const found = new Map<string, string>();
  const missing = [];
  for (const name of names) {
    const file = resolve(source, name);
    if (isWithin(source, file) && (await isFile(file))) found.set(name, file);
    else missing.push(name);
  }
  if (missing.length > 0) {
    throw new KitError(
      'NOT_FOUND',
      `create the following secrets (${missing.join(', ')}) as files in .secrets/`,
    );
  }
  return found;
}

/**
 * Makes a folder that holds a function's secrets as the platform would mount them: those that stack.yaml names, and no
 * others. They are links to the files in .secrets/, so that no secret lies in a second place.
 * @throws KitError NOT_FOUND with the names that are missing
 */
export async function linkSecrets(cwd: string, names: readonly string[], folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  for (const [name, file] of await findSecrets(cwd, names)) await symlink(file, join(folder, name));
}
