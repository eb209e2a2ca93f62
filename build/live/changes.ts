import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import { signatureOf } from '../files/signature.ts';

/** How long a burst of writes may pause and still be one change, in milliseconds: editors write in bursts. */
const SETTLE_MS = 40;
/** How often ofkit looks whether a folder was replaced, in milliseconds: no notification tells of that. */
const LOOK_MS = 400;

const IGNORED = new Set(['node_modules', '.git', '.DS_Store']);

export interface WatchOptions {
  /** The absolute paths of folders whose changes do not count. */
  readonly except?: readonly string[];
  /** Gets a path once when it goes away. Its return is a change. */
  readonly onAway?: (path: string) => void;
}

/**
 * Watches files and folders. An editor that writes a temporary file and renames it causes several events for one
 * change: only one of them calls back. A folder that goes and comes back, or that a new one replaces, is watched again.
 * No change after the call is missed.
 * @param paths absolute; a path that does not exist yet is watched for
 * @returns a function that closes the watch
 */
export async function watchChanges(
  paths: readonly string[],
  onChange: () => void,
  { except = [], onAway = () => undefined }: WatchOptions = {},
): Promise<() => Promise<void>> {
  const isIgnored = (name: string): boolean => IGNORED.has(name);
  const isExcepted = (path: string): boolean =>
    except.some((one) => path === one || path.startsWith(one + sep));
  const options = {
    ignoreInitial: true,
    ignored: (path: string) => {
      const inside = paths.map((root) => relative(root, path)).find((way) => !way.startsWith('..'));
      return isExcepted(path) || (inside?.split(sep).some(isIgnored) ?? false);
    },
  };
  const away = new Set<string>();
  /** Whether something went: it may be back as it was, and its watch is not. */
  let isStale = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let known = await signatureOf(paths, isIgnored, isExcepted);
  let folders = await foldersOf(paths, options.ignored);
  let watcher = await open();

  async function open(): Promise<FSWatcher> {
    const opened = watch([...paths], options);
    opened.on('all', (event, path) => {
      isStale ||= event === 'unlinkDir' || (event === 'unlink' && paths.includes(path));
      soon();
    });
    opened.on('raw', soon); // the only event of a folder that one with the same names has replaced
    // The file system has no notifications: the functions run, but a save reloads nothing.
    opened.on('error', () => undefined);
    await new Promise<void>((resolve) => opened.once('ready', resolve));
    return opened;
  }

  function soon(): void {
    clearTimeout(timer);
    timer = setTimeout(look, SETTLE_MS);
  }

  // Only one look runs at a time: each begins after the end of the one before.
  let looking = Promise.resolve();
  function look(): void {
    looking = looking.then(lookNow, lookNow);
  }

  async function lookNow(): Promise<void> {
    if (closed) return;
    const found = await foldersOf(paths, options.ignored);
    if (found !== folders || isStale) {
      folders = found;
      isStale = false;
      await watcher.close();
      watcher = await open();
    }
    await tellAway();
    const signature = await signatureOf(paths, isIgnored, isExcepted);
    if (signature === known || closed) return;
    known = signature;
    if (away.size === 0) onChange();
  }

  async function tellAway(): Promise<void> {
    for (const path of paths) {
      const there = await isThere(path);
      if (there) away.delete(path);
      else if (!away.has(path) && known.includes(`${path}${sep}`)) {
        away.add(path);
        onAway(path);
      }
    }
  }

  let rootsBefore = await rootsOf(paths);
  const rounds = setInterval(() => {
    void rootsOf(paths).then((roots) => {
      if (roots !== rootsBefore && !closed) soon();
      rootsBefore = roots;
    });
  }, LOOK_MS);
  look();
  await looking;
  return async () => {
    closed = true;
    clearInterval(rounds);
    clearTimeout(timer);
    await looking;
    await watcher.close();
  };
}

async function isThere(path: string): Promise<boolean> {
  return (await rootsOf([path])) !== `${path} -`;
}

/** Identifies the files and folders at the paths by their inode numbers. */
async function rootsOf(paths: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    paths.map(async (path) => {
      const stats = await stat(path).catch(() => undefined);
      if (!stats) return `${path} -`;
      const what = stats.isDirectory() ? `${stats.ino} ${stats.birthtimeMs}` : 'file';
      return `${path} ${stats.dev} ${what} ${await realPathOf(path)}`;
    }),
  );
  return parts.join('\n');
}

/** Gives the path behind links: a link may take the place of the folder that it leads to. */
function realPathOf(path: string): Promise<string> {
  return realpath(path).catch(() => '');
}

/**
 * Identifies the paths, and the folders below them. A replaced one has a new inode number or time of birth, and one that
 * went has no watch any more.
 */
async function foldersOf(paths: readonly string[], ignored: (path: string) => boolean): Promise<string> {
  const parts: string[] = [];
  for (const path of paths) {
    if (ignored(path)) continue;
    const stats = await stat(path).catch(() => undefined);
    // A file is named by the user: the ones in folders are not in the list.
    parts.push(
      `${path} ${stats ? `${stats.dev} ${stats.ino} ${stats.birthtimeMs} ${await realPathOf(path)}` : '-'}`,
    );
    if (!stats?.isDirectory()) continue;
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
    parts.push(await foldersOf(below.sort(), ignored));
  }
  return parts.filter(Boolean).join('\n');
}
