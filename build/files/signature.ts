import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes a text that differs after any change of files: it has the path, size and time of each.
 * @param paths files and folders; a missing one counts as missing
 * @param isIgnored decides by its name whether an entry is left out, at any depth
 * @param isExcepted decides the same by its absolute path
 */
export async function signatureOf(
  paths: readonly string[],
  isIgnored: (name: string) => boolean,
  isExcepted: (path: string) => boolean = () => false,
): Promise<string> {
  const parts: string[] = [];
  for (const path of paths) {
    if (isExcepted(path)) continue;
    const stats = await stat(path).catch(() => undefined);
    if (!stats?.isDirectory()) {
      parts.push(`${path} ${stats?.size ?? '-'} ${stats?.mtimeMs ?? '-'}`);
      continue;
    }
    const names = (await readdir(path).catch(() => [])).filter((name) => !isIgnored(name)).sort();
    parts.push(
      await signatureOf(
        names.map((name) => join(path, name)),
        isIgnored,
        isExcepted,
      ),
    );
  }
  return parts.join('\n');
}
