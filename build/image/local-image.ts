import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, readdir, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCodeOf } from '../../common/errors.ts';
import { currentLink, imageFolder, type LocalImage } from '../../common/local-image.ts';
import { syncPath } from '../../common/files/durable-file.ts';
import { copyAlone } from '../files/copy-alone.ts';
import { syncTree } from '../files/sync-tree.ts';
import { removeFolder } from '../files/temporary.ts';

export interface WriteOptions {
  /** Whether what it links to (installed packages) is copied, so that the image stands alone. */
  readonly packages: 'linked' | 'copied';
  /** Whether it is to be whole after a crash of the system. */
  readonly isDurable: boolean;
}

/**
 * Puts a local image where the gateway finds it, whole: its files take a folder of their own, then the image's name
 * leads to that. What runs from the revision before is not touched.
 * @param files the folder that becomes the image's working folder: moved, or copied where it lies on another disk
 * @returns the revision
 */
export async function writeLocalImage(
  stateFolder: string,
  image: LocalImage,
  files: string,
  { packages, isDurable }: WriteOptions,
): Promise<string> {
  const folder = imageFolder(stateFolder, image.name);
  const revision = `${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`;
  const staging = join(folder, `.staging-${revision}`);
  await mkdir(staging, { recursive: true, mode: 0o755 });
  try {
    await moveFiles(files, join(staging, 'root'), packages === 'copied');
    await letAllRead(join(staging, 'root'));
    await writeFile(join(staging, 'image.json'), `${JSON.stringify(image, undefined, 2)}\n`);
    if (isDurable) await syncTree(staging);
    await rename(staging, join(folder, revision));
  } catch (error) {
    await removeFolder(staging);
    throw error;
  }
  await switchTo(currentLink(stateFolder, image.name), revision);
  return revision;
}

async function moveFiles(from: string, to: string, standsAlone: boolean): Promise<void> {
  if (standsAlone) await copyAlone(from, to, from);
  else {
    try {
      return await rename(from, to);
    } catch (error) {
      if (systemCodeOf(error) !== 'EXDEV') throw error;
    }
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
  }
  await removeFolder(from);
}

/** Build contexts are their maker's alone; the function may run as a user of its own, as in a container. */
async function letAllRead(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await letAllRead(path);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode | 0o444);
  }
}

/** A link cannot be written over, but another can take its place. */
async function switchTo(link: string, target: string): Promise<void> {
  const next = join(dirname(link), `.${basename(link)}-${target}`);
  await symlink(target, next);
  await rename(next, link);
  await syncPath(dirname(link));
}
