import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import { exists } from '../files/kinds.ts';
import { signatureOf } from '../files/signature.ts';

/** How long a burst of writes may pause and still be one change, in milliseconds: editors write in bursts. */
const SETTLE_MS = 40;
/** How often ofkit looks whether a path was replaced, with its folder or alone, in milliseconds: no notification tells of that. */
const LOOK_MS = 400;

const IGNORED = new Set(['node_modules', '.git', '.DS_Store']);

export interface WatchOptions {
  /** The absolute paths of folders whose changes do not count. */
  readonly except?: readonly string[];
  /** Gets a path once when it goes away. Its return is a change. */
  readonly onAway?: (path: string) => void;
}

/**
 * A watch of files and folders. An editor that writes a temporary file and renames it causes several events for one
 * change: only one of them calls back. A folder that goes and comes back, or that a new one replaces, is watched again.
 */
export class ChangeWatch {
  readonly #paths: readonly string[];
  readonly #onChange: () => void;
  readonly #except: readonly string[];
  readonly #onAway: (path: string) => void;
  /** The paths that are missing and were there before. */
  readonly #away = new Set<string>();
  #isClosed = false;
  /** Whether a folder or a named file has gone: even if it is back and the same, its watch is lost. */
  #isStale = false;
  #watcher: FSWatcher | undefined;
  #signature = '';
  #folders = '';
  #roots = '';
  #settling: NodeJS.Timeout | undefined;
  #rounds: NodeJS.Timeout | undefined;
  #looking = Promise.resolve();

  private constructor(
    paths: readonly string[],
    onChange: () => void,
    { except = [], onAway = () => undefined }: WatchOptions,
  ) {
    this.#paths = paths;
    this.#onChange = onChange;
    this.#except = except;
    this.#onAway = onAway;
  }

  /**
   * Begins a watch. No change after the call is missed.
   * @param paths absolute; a path that does not exist yet is watched for
   */
  static async open(
    paths: readonly string[],
    onChange: () => void,
    options: WatchOptions = {},
  ): Promise<ChangeWatch> {
    const opened = new ChangeWatch(paths, onChange, options);
    await opened.#begin();
    return opened;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#rounds);
    clearTimeout(this.#settling);
    await this.#looking;
    await this.#watcher?.close();
  }

  async #begin(): Promise<void> {
    this.#signature = await this.#readSignature();
    this.#folders = await foldersOf(this.#paths, this.#isIgnored);
    this.#watcher = await this.#openWatcher();
    this.#roots = await rootsOf(this.#paths);
    this.#rounds = setInterval(() => void this.#lookAtRoots(), LOOK_MS);
    this.#look();
    await this.#looking;
  }

  readonly #isIgnored = (path: string): boolean => {
    const inside = this.#paths.map((root) => relative(root, path)).find((way) => !way.startsWith('..'));
    return this.#isExcepted(path) || (inside?.split(sep).some((name) => IGNORED.has(name)) ?? false);
  };

  readonly #isExcepted = (path: string): boolean =>
    this.#except.some((one) => path === one || path.startsWith(one + sep));

  #readSignature(): Promise<string> {
    return signatureOf(this.#paths, (name) => IGNORED.has(name), this.#isExcepted);
  }

  async #openWatcher(): Promise<FSWatcher> {
    const watcher = watch([...this.#paths], { ignoreInitial: true, ignored: this.#isIgnored });
    watcher.on('all', (event, path) => {
      this.#isStale ||= event === 'unlinkDir' || (event === 'unlink' && this.#paths.includes(path));
      this.#lookSoon();
    });
    watcher.on('raw', this.#lookSoon); // the only event of a folder that one with the same names has replaced
    // The file system has no notifications: the functions run, but a save reloads nothing.
    watcher.on('error', () => undefined);
    await new Promise<void>((resolve) => watcher.once('ready', resolve));
    return watcher;
  }

  async #lookAtRoots(): Promise<void> {
    const roots = await rootsOf(this.#paths);
    if (roots !== this.#roots && !this.#isClosed) this.#lookSoon();
    this.#roots = roots;
  }

  readonly #lookSoon = (): void => {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#look(), SETTLE_MS);
  };

  /** Looks for changes, one look at a time: each begins after the end of the one before. */
  #look(): void {
    const look = (): Promise<void> => this.#lookNow();
    this.#looking = this.#looking.then(look, look);
  }

  async #lookNow(): Promise<void> {
    if (this.#isClosed) return;
    const folders = await foldersOf(this.#paths, this.#isIgnored);
    if (folders !== this.#folders || this.#isStale) {
      this.#folders = folders;
      this.#isStale = false;
      await this.#watcher?.close();
      this.#watcher = await this.#openWatcher();
    }
    await this.#tellAway();
    const signature = await this.#readSignature();
    if (signature === this.#signature || this.#isClosed) return;
    this.#signature = signature;
    if (this.#away.size === 0) this.#onChange();
  }

  async #tellAway(): Promise<void> {
    for (const path of this.#paths) {
      if (await exists(path)) this.#away.delete(path);
      else if (!this.#away.has(path) && this.#signature.includes(`${path}${sep}`)) {
        this.#away.add(path);
        this.#onAway(path);
      }
    }
  }
}

/** Identifies the files and folders at the paths by their inode numbers. */
async function rootsOf(paths: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    paths.map(async (path) => {
      const stats = await stat(path).catch(() => undefined);
      if (!stats) return `${path} -`;
      return `${path} ${stats.dev} ${stats.ino} ${stats.birthtimeMs} ${await realPathOf(path)}`;
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
    // A file stands here only if it is one of the given paths: files in folders are not listed.
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
