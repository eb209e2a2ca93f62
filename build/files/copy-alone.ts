import { copyFile, mkdir, readdir, readlink, stat, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { exists } from './kinds.ts';
import { isWithin } from './inside.ts';

/**
 * Copies a folder so that it depends on nothing else. A link that leads out of it becomes a copy of its goal. A link
 * that stays inside stays a link, because programs in node_modules/.bin find their files by their own real place.
 * @param root the folder that links may stay in
 */
export async function copyAlone(source: string, target: string, root: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o755 });
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const to = join(target, entry.name);
    if (entry.isDirectory()) await copyAlone(from, to, root);
    else if (entry.isFile()) await copyFile(from, to);
    else if (entry.isSymbolicLink()) await copyLink(from, to, root);
  }
}

async function copyLink(from: string, to: string, root: string): Promise<void> {
  const text = await readlink(from);
  const goal = resolve(dirname(from), text);
  // A link to nothing cannot be copied, and a link to a folder around this one would be copied without end.
  if (isWithin(root, goal) || !(await exists(goal)) || isWithin(goal, from) || isWithin(goal, to))
    return symlink(text, to);
  if ((await stat(goal)).isDirectory()) await copyAlone(goal, to, goal);
  else await copyFile(goal, to);
}
