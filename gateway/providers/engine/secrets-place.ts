import { lstat, mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ownIds } from './own-container.ts';
import { removeSecretsFolder } from '../instances/secrets-folder.ts';

/** The folder for files in memory, on Linux. */
const MEMORY = '/dev/shm';

/**
 * Creates the folder in which each version has a folder for its secrets: in memory if the engine can see that, else in
 * the state folder.
 */
export async function makeSecretsPlace(stateFolder: string, state: string): Promise<string> {
  const [inMemory, onDisk] = places(stateFolder, state);
  // in a container, /dev/shm is the container's own, which the engine cannot see
  if ((await ownIds()).size === 0) {
    await mkdir(inMemory, { mode: 0o700 }).catch(() => undefined);
    if (await isOwn(inMemory)) return inMemory;
  }
  await mkdir(onDisk, { recursive: true, mode: 0o700 });
  return onDisk;
}

/** Removes the folders of versions that no longer exist, and the folder around them if it is empty then. */
export async function tidySecrets(
  stateFolder: string,
  state: string,
  generations: ReadonlySet<string>,
): Promise<void> {
  for (const place of places(stateFolder, state)) {
    if (!(await isOwn(place))) continue;
    for (const name of await readdir(place))
      if (!generations.has(name.split('.')[0] ?? '')) await removeSecretsFolder(join(place, name));
    await rmdir(place).catch(() => undefined); // it is not empty
  }
}

function places(stateFolder: string, state: string): [inMemory: string, onDisk: string] {
  return [join(MEMORY, `of-gateway-${state}`), join(stateFolder, 'container-secrets')];
}

/** Whether a folder is the gateway's alone: in /dev/shm, any user could have created it. */
async function isOwn(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}
