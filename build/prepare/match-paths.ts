import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Finds the files and folders that a path of COPY names, where `*`, `?` and `[a-z]` stand for characters of one name.
 * @param root the folder that stands for `/`
 * @param isDeep whether `**` stands for any folders, as with `--parents`; else it is the same as `*`
 * @returns paths that begin with `/`, sorted; none where nothing fits
 */
export async function matchPaths(root: string, pattern: string, isDeep = false): Promise<string[]> {
  let found = ['/'];
  for (const part of pattern.split('/').filter(Boolean)) {
    const next: string[] = [];
    for (const folder of found) {
      if (isDeep && part === '**') {
        next.push(folder, ...(await foldersBelow(root, folder)));
        continue;
      }
      for (const name of await namesFor(join(root, folder), part)) next.push(join(folder, name));
    }
    found = next;
  }
  return found;
}

/** Lists the folders in a folder, at any depth. */
async function foldersBelow(root: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(path, ...(await foldersBelow(root, path)));
  }
  return found.sort();
}

async function namesFor(folder: string, part: string): Promise<string[]> {
  if (!/[*?[]/.test(part)) {
    const isThere = await lstat(join(folder, part)).then(
      () => true,
      () => false,
    );
    return isThere ? [part] : [];
  }
  const fits = matcherOf(part);
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => fits(name)).sort();
}

/** A pattern that cannot be read, such as `[b-a]`, fits a name that is the same. */
function matcherOf(part: string): (name: string) => boolean {
  const source = part.replaceAll(/\[[^\]]*\]|./gs, (piece) => {
    if (piece === '*') return '.*';
    if (piece === '?') return '.';
    return piece.length > 1 ? piece : piece.replace(/[\\^$.*+?()[\]{}|]/, String.raw`\$&`);
  });
  try {
    const expression = new RegExp(`^${source}$`, 's');
    return (name) => expression.test(name);
  } catch {
    return (name) => name === part;
  }
}
