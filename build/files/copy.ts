import type { Stats } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, systemCodeOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import { isWithin } from './inside.ts';

export interface CopyOptions {
  /** The real path of a folder that links must not lead out of. Without it links may lead anywhere. */
  readonly within?: string;
  /** Decides by its name whether an entry is left out, at any depth. */
  readonly skip?: (name: string) => boolean;
  /** The real paths of folders that are left out. */
  readonly except?: ReadonlySet<string>;
}

/**
 * Copies a file or a folder as faas-cli does: it follows links, keeps the modes of files and of folders that exist
 * already, and deletes nothing at the target.
 * @throws KitError OUTSIDE for a link that leads out of `within`, INVALID for a link to a folder above it and for
 *   an entry that is neither file nor folder
 */
export async function copyTree(source: string, target: string, options: CopyOptions = {}): Promise<void> {
  await copyEntry(source, target, options, []).catch((error: unknown) => {
    const code = systemCodeOf(error);
    if (error instanceof KitError || code === undefined) throw error;
    throw new KitError('INVALID', `${source} cannot be copied to ${target}: ${messageOf(error)}`, {
      cause: error,
    });
  });
}

/** Reads the kind and the mode of a path, with links followed. */
async function statsOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    const isLink = await lstat(path).then(
      (stats) => stats.isSymbolicLink(),
      () => false,
    );
    const why = isLink
      ? 'is a link that leads to nothing: remove it, or mend it'
      : systemCodeOf(error) === 'ENOENT'
        ? 'is not there: make it, or take its name out'
        : `cannot be read: ${messageOf(error)}`;
    throw new KitError('NOT_FOUND', `${path} ${why}`, { cause: error });
  }
}

async function copyEntry(
  source: string,
  target: string,
  options: CopyOptions,
  above: readonly string[],
): Promise<void> {
  const stats = await statsOf(source);
  const real = await realpath(source);
  if (options.except?.has(real)) return;
  if (options.within !== undefined && real !== options.within && !isWithin(options.within, real)) {
    throw new KitError('OUTSIDE', `${source} is a link that leads out of its repository: it is not copied`);
  }
  if (stats.isFile()) {
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await copyFile(source, target);
    await chmod(target, stats.mode & 0o7777);
    return;
  }
  if (!stats.isDirectory()) {
    throw new KitError(
      'INVALID',
      `${source} is neither a file nor a folder: remove it, or copy what it stands for`,
    );
  }
  if (above.includes(real)) {
    throw new KitError('INVALID', `${source} is a link to a folder above it: remove the link`);
  }
  await mkdir(target, { recursive: true, mode: stats.mode & 0o7777 });
  for (const name of (await readdir(source)).sort()) {
    if (options.skip?.(name)) continue;
    await copyEntry(join(source, name), join(target, name), options, [...above, real]);
  }
}
