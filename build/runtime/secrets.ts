import { mkdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KitError } from '../errors.ts';
import { isWithin } from '../files/inside.ts';
import { isFile } from '../files/kinds.ts';

const SECRETS_FOLDER = '.secrets';

/**
 * Makes a folder that holds a function's secrets as the platform would mount them: those that stack.yaml names, and no
 * others. They are links to the files in .secrets/, so that no secret lies in a second place.
 * @throws KitError NOT_FOUND with the names that are missing
 */
export async function linkSecrets(cwd: string, names: readonly string[], folder: string): Promise<void> {
  const source = join(cwd, SECRETS_FOLDER);
  await mkdir(folder, { mode: 0o700 });
  const missing = [];
  for (const name of names) {
    const file = resolve(source, name);
    if (isWithin(source, file) && (await isFile(file))) await symlink(file, join(folder, name));
    else missing.push(name);
  }
  if (missing.length > 0) {
    throw new KitError(
      'NOT_FOUND',
      `create the following secrets (${missing.join(', ')}) as files in .secrets/`,
    );
  }
}
