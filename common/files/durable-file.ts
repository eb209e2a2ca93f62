import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Matches the names of files that are being written. A killed process may leave one behind. */
const STAGED = /^\.staged-[0-9a-f]+$/;

/**
 * Writes a file completely or not at all, so that it survives a crash of the system: the bytes go to a staged file in
 * the same folder, which is flushed to the disk and renamed; then the folder is flushed.
 * @param mode the permissions of the file
 * @throws the system's error (ENOSPC, EACCES); then the file is unchanged, unless only the folder could not be flushed
 */
export async function writeDurably(path: string, bytes: Buffer | string, mode: number): Promise<void> {
  const staged = join(dirname(path), `.staged-${randomBytes(8).toString('hex')}`);
  try {
    const file = await open(staged, 'wx', mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(staged, path);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
  await syncPath(dirname(path));
}

/** Removes a file so that it stays removed after a crash. @throws the system's error, ENOENT too */
export async function removeDurably(path: string): Promise<void> {
  await unlink(path);
  await syncPath(dirname(path));
}

/** Flushes a file's bytes, or a folder's list of names. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Lists the files of a folder, and removes those that were never completed. */
export async function listWholeFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  await Promise.all(
    names.filter((name) => STAGED.test(name)).map((name) => rm(join(folder, name), { force: true })),
  );
  return names.filter((name) => !STAGED.test(name));
}
