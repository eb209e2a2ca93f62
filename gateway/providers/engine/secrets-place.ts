import { lstat, mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ownIds } from './own-container.ts';
import { removeSecretsFolder } from '../instances/secrets-folder.ts';

/** Files in memory, on Linux. */
const MEMORY = '/dev/shm';

/**
 * The folder under which versions have the folders of their secrets: in memory where the engine can see that, else in
 * the state folder.
 */
export async function secretsPlace(stateFolder: string, state: string): Promise<string> {
  const inMemory = join(MEMORY, `of-gateway-${state}`);
  // the memory of a container is its own
  if ((await ownIds()).size === 0 && (await isOwn(inMemory))) return inMemory;
  const place = join(stateFolder, 'container-secrets');
  await mkdir(place, { recursive: true, mode: 0o700 });
  return place;
}

/** Makes a folder where everybody may. One that is there already could be somebody else's. */
async function isOwn(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 }).catch(() => undefined);
    const { uid, mode } = await lstat(folder).then((found) => {
      if (!found.isDirectory()) throw new Error('it is no folder');
      return found;
    });
    return uid === process.getuid?.() && (mode & 0o077) === 0;
  } catch {
    return false;
  }
}

/** Removes the folders of versions that are not there any more. */
export async function removeOthers(place: string, generations: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(place).catch(() => []))
    if (!generations.has(name.split('.')[0] ?? '')) await removeSecretsFolder(join(place, name));
}

/** Removes the place with all that is in it. */
export async function removePlace(place: string): Promise<void> {
  await removeOthers(place, new Set());
  await rmdir(place).catch(() => undefined); // somebody else's files are in it
}
