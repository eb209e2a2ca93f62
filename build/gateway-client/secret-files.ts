import { join, resolve } from 'node:path';
import { KitError } from '../errors.ts';
import { isWithin } from '../files/inside.ts';
import { isFile } from '../files/kinds.ts';

/** The project's folder of secrets, a file each. */
export const SECRETS_FOLDER = '.secrets';

/**
 * Finds the files of secrets that stack.yaml names.
 * @returns their paths by name
 * @throws KitError NOT_FOUND with the names that are missing
 */
export async function findSecrets(
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const source = join(folder, SECRETS_FOLDER);
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
      `create the following secrets (${missing.join(', ')}) as files in ${SECRETS_FOLDER}/`,
    );
  }
  return found;
}
