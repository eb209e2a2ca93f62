import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readlink,
  realpath,
  rm,
  rmdir,
  symlink,
} from 'node:fs/promises';
import { join } from 'node:path';

/** The difference between a copy and its source. */
export interface CopyChange {
  /** The mode of the files, as `chmod` takes it; undefined where they keep their own. */
  readonly mode?: string | undefined;
  /** Decides by its path in the source whether an entry is left out. */
  readonly isLeftOut?: ((path: string) => boolean) | undefined;
}

/**
 * Copies a file, a link or a folder over what is there.
 * @param inner the path of the entry in the source of the whole copy; '' for the source itself
 */
export async function copyEntry(
  from: string,
  to: string,
  change: CopyChange = {},
  inner = '',
): Promise<void> {
  const stats = await lstat(from);
  const before = await lstat(to).catch(() => undefined);
  if (before && before.isDirectory() !== stats.isDirectory()) {
    if (!before.isDirectory()) await rm(to);
    else if (!stats.isSymbolicLink())
      return; // docker refuses that as well
    else if ((await readdir(to)).length === 0) await rmdir(to);
    else return copyEntries(await realpath(from), to, change, inner); // installed packages beside others
  }
  if (stats.isDirectory()) {
    await mkdir(to, { recursive: true, mode: 0o755 });
    return copyEntries(from, to, change, inner);
  }
  if (before && !before.isDirectory()) await rm(to, { force: true });
  if (stats.isSymbolicLink()) return symlink(await readlink(from), to);
  if (!stats.isFile()) return;
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  if (change.mode !== undefined) await chmod(to, changedMode(stats.mode, change.mode));
}

/** Copies the entries of a folder into another. */
export async function copyEntries(
  from: string,
  to: string,
  change: CopyChange = {},
  inner = '',
): Promise<void> {
  for (const name of await readdir(from)) {
    const path = join(inner, name);
    if (change.isLeftOut?.(path) !== true) await copyEntry(join(from, name), join(to, name), change, path);
  }
}

/**
 * Gives the mode of a file after a `chmod`. Its owner can always read it, as one user runs all functions here.
 * @param mode a number (`755`), or a change (`+x`, `u=rwx,go=rx`), of which only the right to execute counts here
 */
export function changedMode(before: number, mode: string | undefined): number {
  if (mode === undefined) return before;
  if (/^[0-7]{3,4}$/.test(mode)) return Number.parseInt(mode, 8) | 0o400;
  return /[+=]\w*x/.test(mode) ? before | 0o111 : before;
}
