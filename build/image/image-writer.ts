import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, readdir, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCodeOf } from '../../common/errors.ts';
import { currentLink, imageFolder, type LocalImage } from '../../common/local-image.ts';
import { syncPath } from '../../common/files/durable-file.ts';
import { copyAlone } from '../files/copy-alone.ts';
import { syncTree } from '../files/sync-tree.ts';
import { removeFolder } from '../../common/files/remove-folder.ts';

export interface WriteOptions {
  /** Whether installed packages are copied, so that the image stands alone, or linked. */
  readonly packages: 'linked' | 'copied';
  /** Whether it has to be whole after a crash of the system. */
  readonly isDurable: boolean;
}

/**
 * Puts a local image where the gateway finds it, as a whole or not at all: its files go to a folder of their own, then
 * the link of the image's name is switched to it. Instances of the revision before keep their files.
 * @param files the folder that becomes the image's `/`: it is moved, or copied where it lies on a different disk
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

/** Lets all users read the files: a build context is its maker's alone, but the function may run as its own user. */
async function letAllRead(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await letAllRead(path);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode | 0o444);
  }
}

/** Switches a link to a new target: a link cannot be written over, so a new one is renamed onto it. */
async function switchTo(link: string, target: string): Promise<void> {
  const next = join(dirname(link), `.${basename(link)}-${target}`);
  await symlink(target, next);
  await rename(next, link);
  await syncPath(dirname(link));
}
