import { readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder } from '../../common/files/remove-folder.ts';
import { currentLink, imageFolder } from '../../common/local-image.ts';

/**
 * Removes the revisions of a local image that are neither current nor used. Revisions that are younger than the current
 * one stay, as one of them is about to become current.
 * @param used revisions that functions run, or could return to
 */
export async function removeUnusedRevisions(
  stateFolder: string,
  name: string,
  used: ReadonlySet<string>,
): Promise<void> {
  const folder = imageFolder(stateFolder, name);
  const current = await readlink(currentLink(stateFolder, name)).catch(() => undefined);
  if (current === undefined) return; // the image is being built for the first time, or was removed
  const since = await madeAt(join(folder, current));
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    // names that begin with a dot are being staged
    if (!entry.isDirectory() || entry.name.startsWith('.') || entry.name === current || used.has(entry.name))
      continue;
    if ((await madeAt(join(folder, entry.name))) < since) await removeFolder(join(folder, entry.name));
  }
}

/** @returns when a revision was made, in milliseconds since 1970; 0 for a folder that is no revision any more */
async function madeAt(revision: string): Promise<number> {
  return stat(join(revision, 'image.json')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
