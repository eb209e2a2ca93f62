import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { KitError } from '../errors.ts';

/**
 * Gives the absolute path of an entry that has to lie within a folder.
 * @param folder absolute
 * @param path the path that the user, a stack file or a template gives
 * @param what the entry's name in the error
 * @throws KitError OUTSIDE where the path is the folder itself, or leads out of it by `..` or by a link
 */
export async function insideOf(folder: string, path: string, what: string): Promise<string> {
  const absolute = resolve(folder, path);
  if (absolute === folder)
    throw new KitError(
      'OUTSIDE',
      `${what} ${path || '""'} is all of ${folder}: give a path below that folder`,
    );
  if (!isWithin(folder, absolute)) throw leadsOut(path, what, folder);
  if (!isWithin(await realpathOfExisting(folder), await realpathOfExisting(absolute))) {
    throw leadsOut(path, what, folder);
  }
  return absolute;
}

/** Whether a path lies below a folder. Both are absolute, and links are not followed. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function leadsOut(path: string, what: string, folder: string): KitError {
  return new KitError('OUTSIDE', `${what} ${path} leads out of ${folder}: give a path below that folder`);
}

/** Gives the real path. Where it does not exist, the nearest existing folder above it is resolved, and the rest kept. */
async function realpathOfExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realpathOfExisting(parent), basename(path));
  }
}
