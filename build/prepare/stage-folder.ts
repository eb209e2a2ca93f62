import { chmod, lstat, mkdir, open, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { joinPath } from '../dockerfile/stages.ts';
import type { CopyStep } from '../dockerfile/plan.ts';
import type { ParsedDocument } from '../dockerfile/parse.ts';
import { isWithin } from '../files/inside.ts';
import { exists, isFolder } from '../files/kinds.ts';
import { readIgnorePatterns } from '../context/docker-ignore.ts';
import { changedMode, copyEntries, copyEntry, type CopyChange } from './copy-entry.ts';
import { matchPaths } from './match-paths.ts';

/** The origin of a file or a folder of a stage. */
export interface PlaceOfSource {
  /** Its path in the stage, relative to its root; '' for the root itself. */
  readonly place: string;
  /** Its path in the build context, relative. */
  readonly source: string;
}

/** A folder that stands for the `/` of a stage. It has the files that the stage's instructions have put there. */
export class StageFolder {
  readonly root: string;
  readonly #places: PlaceOfSource[];

  /**
   * Makes the folder.
   * @param parent the stage that this one begins with
   */
  static async create(root: string, parent: StageFolder | undefined): Promise<StageFolder> {
    await mkdir(root, { recursive: true, mode: 0o755 });
    if (parent) await copyEntries(parent.root, root);
    return new StageFolder(root, parent ? [...parent.places] : []);
  }

  /** Makes a source of files from the build context. */
  static ofContext(root: string): StageFolder {
    return new StageFolder(root, [{ place: '', source: '' }]);
  }

  private constructor(root: string, places: PlaceOfSource[]) {
    this.root = root;
    this.#places = places;
  }

  get places(): readonly PlaceOfSource[] {
    return this.#places;
  }

  /** Gives the path on this machine for a path of the image. */
  locate(path: string): string {
    return join(this.root, path);
  }

  /**
   * Replaces paths of the image in a text by paths on this machine, where the path exists here or lies in the working
   * folder. Other files of the image are not here.
   */
  async locateWithin(text: string, workdir: string): Promise<string> {
    let result = '';
    let end = 0;
    for (const { 0: path, index } of text.matchAll(/(?<![\w./])\/(?!\/)[\w@.+/-]+/g)) {
      const isOfFolder = workdir !== '/' && isBelow(workdir, path);
      const isHere = isOfFolder || (await exists(this.locate(path)));
      result += text.slice(end, index) + (isHere ? this.locate(path) : path);
      end = index + path.length;
    }
    return result + text.slice(end);
  }

  /** Makes a folder, unless its path leads through a link. @returns whether it exists now */
  async makeFolder(path: string): Promise<boolean> {
    if (!(await this.#isOwn(path))) return false;
    await mkdir(this.locate(path), { recursive: true, mode: 0o755 });
    return true;
  }

  /**
   * Copies as COPY does: the entries of a folder, or a file into a folder or under the target's name.
   * @returns false where the source does not exist, or the target lies behind a link
   * @throws KitError INVALID where `--exclude` has no pattern
   */
  async take(
    from: StageFolder,
    source: string,
    { target, mode, keepsParents, excluded, line }: CopyStep,
  ): Promise<boolean> {
    const isExcluded = readIgnorePatterns(excluded, `line ${line} of the Dockerfile`);
    // The part of a path before `/./` is not kept.
    const base = keepsParents && /.\/\.\//.test(source) ? source.slice(0, source.indexOf('/./', 1)) : '/';
    const found = await matchPaths(from.root, joinPath('/', source), keepsParents);
    for (const path of found) {
      const isEntries = await isPlainFolder(from.locate(path));
      const isLeftOut = (inner: string): boolean => isExcluded(inner || basename(path));
      if (!isEntries && isLeftOut('')) continue;
      const isInto = !isEntries && (target.endsWith('/') || (await isFolder(this.locate(target))));
      const isLink = (await lstat(from.locate(path))).isSymbolicLink();
      const name = keepsParents
        ? relative(joinPath('/', base), path)
        : isInto && !isLink
          ? basename(path)
          : '';
      if (!(await this.#put(from, path, joinPath('/', `${target}/${name}`), { mode, isLeftOut })))
        return false;
    }
    return found.length > 0 || /[*?[]/.test(source);
  }

  /** Writes a file as COPY of a document does. @returns false where the target is a folder, or lies behind a link */
  async write({ name, text }: ParsedDocument, { target, mode }: CopyStep): Promise<boolean> {
    const isInto = target.endsWith('/') || (await isFolder(this.locate(target)));
    const path = joinPath('/', isInto ? `${target}/${name}` : target);
    if ((await isFolder(this.locate(path))) || !(await this.#isOwn(path))) return false;
    await mkdir(dirname(this.locate(path)), { recursive: true, mode: 0o755 });
    await rm(this.locate(path), { force: true });
    await writeFile(this.locate(path), text, { mode: changedMode(0o644, mode) });
    return true;
  }

  /** Copies within the stage as `cp -r` does. */
  async copy(source: string, target: string): Promise<boolean> {
    const found = await matchPaths(this.root, joinPath('/', source));
    for (const path of found) {
      const isInto = (await isFolder(this.locate(target))) && !source.endsWith('/.');
      const goal = isInto ? joinPath(target, basename(path)) : joinPath('/', target);
      if (goal === path || isBelow(path, goal) || !(await this.#put(this, path, goal))) return false;
    }
    return found.length > 0;
  }

  /** Makes an empty file as `touch` does, where its folder exists: else it is for a folder of the base image. */
  async touch(path: string): Promise<void> {
    const file = this.locate(path);
    if (!(await isFolder(dirname(file))) || !(await this.#isOwn(path))) return;
    await (await open(file, 'a')).close();
  }

  /**
   * Makes a link as `ln -s` does. An absolute goal becomes a relative one, as the stage stands for `/`.
   * @returns false where the goal is a file of the base image, or the link would lie behind a link
   */
  async link(goal: string, target: string): Promise<boolean> {
    const isInto = await isFolder(this.locate(target));
    const place = isInto ? joinPath(target, basename(goal)) : joinPath('/', target);
    const whole = joinPath(dirname(place), goal);
    if (!(await exists(this.locate(whole))) || !(await this.#isOwn(place))) return false;
    await mkdir(dirname(this.locate(place)), { recursive: true, mode: 0o755 });
    await rm(this.locate(place), { recursive: true, force: true });
    await symlink(relative(dirname(place), whole) || '.', this.locate(place));
    return true;
  }

  /** Removes files as `rm -r` does. */
  async remove(path: string): Promise<void> {
    for (const found of await matchPaths(this.root, joinPath('/', path)))
      if (found !== '/' && (await this.#isOwn(found)))
        await rm(this.locate(found), { recursive: true, force: true });
  }

  /** Changes the mode of files as `chmod` does. */
  async changeMode(path: string, mode: string): Promise<boolean> {
    const found = await matchPaths(this.root, joinPath('/', path));
    for (const one of found) {
      const stats = await lstat(this.locate(one));
      if (!stats.isFile() || !(await this.#isOwn(one))) continue;
      await chmod(this.locate(one), changedMode(stats.mode, mode));
    }
    return found.length > 0;
  }

  async #put(from: StageFolder, path: string, goal: string, change: CopyChange = {}): Promise<boolean> {
    if (!(await this.#isOwn(goal))) return false;
    await mkdir(dirname(this.locate(goal)), { recursive: true, mode: 0o755 });
    await copyEntry(from.locate(path), this.locate(goal), change);
    const place = goal.slice(1);
    for (const known of from.#places.slice()) {
      const source = path.slice(1);
      if (isBelow(known.place, source))
        this.#places.push({ place, source: join(known.source, relative(known.place, source)) });
      else if (isBelow(source, known.place))
        this.#places.push({ place: join(place, relative(source, known.place)), source: known.source });
    }
    return true;
  }

  /** Whether a path leads through no link: installed packages behind links are shared with other functions. */
  async #isOwn(path: string): Promise<boolean> {
    if (path === '/') return true;
    let parent = dirname(this.locate(path));
    while (!(await exists(parent))) parent = dirname(parent);
    const [real, root] = await Promise.all([realpath(parent), realpath(this.root)]);
    return real === root || isWithin(root, real);
  }
}

/** Whether a path is a folder or lies in it. Both are absolute, or both relative. */
function isBelow(folder: string, path: string): boolean {
  return folder === '' || folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

async function isPlainFolder(path: string): Promise<boolean> {
  return (await lstat(path)).isDirectory();
}
