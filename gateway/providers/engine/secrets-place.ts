import { lstat, mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ownIds } from './own-container.ts';
import { removeSecretsFolder } from '../instances/secrets-folder.ts';

/** Files in memory, on Linux. */
const MEMORY = '/dev/shm';

/**
 * The folder under which versions have the folders of their secrets, made where it is not there: in memory where the
 * engine can see that, else in the state folder.
 */
export async function makeSecretsPlace(stateFolder: string, state: string): Promise<string> {
  const [inMemory, onDisk] = places(stateFolder, state);
  // the memory of a container is its own
  if ((await ownIds()).size === 0) {
    await mkdir(inMemory, { mode: 0o700 }).catch(() => undefined);
    if (await isOwn(inMemory)) return inMemory;
  }
  await mkdir(onDisk, { recursive: true, mode: 0o700 });
  return onDisk;
}

/** Removes the folders of versions that are not there any more, and the place itself where none is left. */
export async function tidySecrets(
  stateFolder: string,
  state: string,
  generations: ReadonlySet<string>,
): Promise<void> {
  for (const place of places(stateFolder, state)) {
    if (!(await isOwn(place))) continue;
    for (const name of await readdir(place))
      if (!generations.has(name.split('.')[0] ?? '')) await removeSecretsFolder(join(place, name));
    await rmdir(place).catch(() => undefined); // others are in it
  }
}

function places(stateFolder: string, state: string): [inMemory: string, onDisk: string] {
  return [join(MEMORY, `of-gateway-${state}`), join(stateFolder, 'container-secrets')];
}

/** Where everybody may make folders, one that is there could be somebody else's. */
async function isOwn(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}
