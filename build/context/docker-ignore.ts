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
 * A file of the Dockerfile's own (`Dockerfile.dockerignore`) takes its place.
 * @param folder the folder of a build context, which is changed
 * @param dockerfile the name of its Dockerfile; undefined where there is none
 * @throws KitError INVALID for a line that is no pattern
 */
export async function removeIgnored(folder: string, dockerfile: string | undefined): Promise<void> {
  const own = dockerfile === undefined ? undefined : join(folder, `${dockerfile}.dockerignore`);
  const file = own !== undefined && (await isFile(own)) ? own : join(folder, '.dockerignore');
  if (!(await isFile(file))) return;
  const rules = readRules((await readFile(file, 'utf8')).split(/\r?\n/), '.dockerignore');
  if (rules.length > 0) await removeIn(folder, '', rules);
}

async function removeIn(folder: string, within: string, rules: readonly IgnoreRule[]): Promise<void> {
  const hasExceptions = rules.some(({ isException }) => isException);
  for (const entry of await readdir(join(folder, within), { withFileTypes: true })) {
    const path = join(within, entry.name);
    // A file of an ignored folder may still be taken back.
    if (isIgnored(rules, path) && !(entry.isDirectory() && hasExceptions))
      await removeFolder(join(folder, path));
    else if (entry.isDirectory()) await removeIn(folder, path, rules);
  }
}

/**
 * Reads patterns of paths, each as a line of .dockerignore is.
 * @param place where they stand, for errors
 * @returns whether a path, relative to the folder of the patterns, fits one of them
 * @throws KitError INVALID for one that is no pattern
 */
export function readIgnorePatterns(patterns: readonly string[], place: string): (path: string) => boolean {
  const rules = readRules(patterns, place);
  return (path) => isIgnored(rules, path);
}

function isIgnored(rules: readonly IgnoreRule[], path: string): boolean {
  return rules.findLast(({ pattern }) => pattern.test(path))?.isException === false;
}

function readRules(lines: readonly string[], place: string): IgnoreRule[] {
  return lines
    .map((line) => line.replace(/^\uFEFF/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isException = line.startsWith('!');
      return { pattern: patternOf(isException ? line.slice(1).trim() : line, place), isException };
    });
}

/** Reads a pattern. It fits a path, and all paths below it. */
function patternOf(line: string, place: string): RegExp {
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
    throw new KitError('INVALID', `${place} has "${line}", which is no pattern: mend it, or take it out`, {
      cause: error,
    });
  }
}
