import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KitError } from '../errors.ts';
import { isFile } from '../files/kinds.ts';
import { removeFolder } from '../../common/files/remove-folder.ts';

interface IgnoreRule {
  readonly pattern: RegExp;
  /** Whether it takes paths back (`!README.md`). */
  readonly isException: boolean;
}

/**
 * Removes the files that .dockerignore keeps from the engine, by docker's rules: the last line that fits a path decides.
 * @param folder the folder of a build context, which is changed
 * @throws KitError INVALID for a line that is no pattern
 */
export async function removeIgnored(folder: string): Promise<void> {
  const file = join(folder, '.dockerignore');
  if (!(await isFile(file))) return;
  const rules = readRules(await readFile(file, 'utf8'));
  if (rules.length > 0) await removeIn(folder, '', rules);
}

async function removeIn(folder: string, within: string, rules: readonly IgnoreRule[]): Promise<void> {
  const hasExceptions = rules.some(({ isException }) => isException);
  for (const entry of await readdir(join(folder, within), { withFileTypes: true })) {
    const path = join(within, entry.name);
    const isIgnored = rules.findLast(({ pattern }) => pattern.test(path))?.isException === false;
    // A file of an ignored folder may still be taken back.
    if (isIgnored && !(entry.isDirectory() && hasExceptions)) await removeFolder(join(folder, path));
    else if (entry.isDirectory()) await removeIn(folder, path, rules);
  }
}

function readRules(text: string): IgnoreRule[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isException = line.startsWith('!');
      return { pattern: patternOf(isException ? line.slice(1).trim() : line), isException };
    });
}

/** Reads a pattern. It fits a path, and all paths below it. */
function patternOf(line: string): RegExp {
  const path = line
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
  const source = path.replaceAll(/\*\*\/|\*\*|\[[^\]]+\]|\\.|./gs, (piece) => {
    if (piece === '**/') return '(?:.*/)?';
    if (piece === '**') return '.*';
    if (piece === '*') return '[^/]*';
    if (piece === '?') return '[^/]';
    if (piece.length > 1 && piece.startsWith('[')) return piece;
    return piece.replace(/^\\/, '').replace(/[\\^$.*+?()[\]{}|]/, String.raw`\$&`);
  });
  try {
    return new RegExp(`^${source}(?:/.*)?$`, 's');
  } catch (error) {
    throw new KitError(
      'INVALID',
      `.dockerignore has "${line}", which is no pattern: mend it, or take it out`,
      {
        cause: error,
      },
    );
  }
}
