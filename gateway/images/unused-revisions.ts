import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder } from '../../common/files/remove-folder.ts';
import { currentLink, imageFolder } from '../../common/local-image.ts';

/**
 * Removes the revisions of a local image to which neither its name nor a function leads any more.
 * @param used revisions that functions run, or would go back to
 */
export async function removeUnusedRevisions(
  stateFolder: string,
  name: string,
  used: ReadonlySet<string>,
): Promise<void> {
  const folder = imageFolder(stateFolder, name);
  const current = await readlink(currentLink(stateFolder, name)).catch(() => undefined);
  if (current === undefined) return; // it is being put there, or was removed
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    // names that begin with a dot are being staged
    if (!entry.isDirectory() || entry.name.startsWith('.') || entry.name === current || used.has(entry.name))
      continue;
    await removeFolder(join(folder, entry.name));
  }
}
