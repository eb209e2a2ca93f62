import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, stat, symlink, utimes } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { copyTree } from '../files/copy.ts';
import { exists, isFile } from '../files/kinds.ts';
import { replaceFolder } from '../files/staging.ts';
import { removeFolder } from '../../common/files/remove-folder.ts';
import { runtimeFolder } from './generations.ts';

const MODULES = 'node_modules';
const UNUSED_AFTER_MS = 30 * 24 * 3_600_000;

/**
 * Packages that were installed for functions, in build/.ofkit/.packages. Their key is a hash of package.json,
 * lock-file, .npmrc, the packages that a command names, and this machine's kind of Node. Functions with the same key
 * share them by a link.
 */
export class InstalledPackages {
  readonly #root: string;
  readonly #installing = new Map<string, Promise<void>>();

  constructor(cwd: string) {
    this.#root = join(runtimeFolder(cwd), '.packages');
  }

  /**
   * Links packages into a folder of a stage, and installs them where they are not yet.
   * @param root the stage's folder
   * @param path the folder that gets the packages, relative to it
   * @param named the packages that the command names beside the ones of package.json
   * @param install runs the package manager in a folder
   */
  async link(
    root: string,
    path: string,
    named: readonly string[],
    install: (folder: string) => Promise<void>,
  ): Promise<void> {
    const key = await fingerprint(root, path, named);
    const installed = join(this.#root, key);
    const before = this.#installing.get(key) ?? this.#install(root, installed, path, install);
    this.#installing.set(key, before);
    await before.finally(() => this.#installing.delete(key));
    const modules = join(installed, path, MODULES);
    const link = join(root, path, MODULES);
    if (!(await exists(modules))) return;
    await removeFolder(link);
    await symlink(modules, link);
  }

  async #install(
    root: string,
    installed: string,
    path: string,
    install: (folder: string) => Promise<void>,
  ): Promise<void> {
    if (!(await exists(installed))) {
      await this.#removeUnused();
      await replaceFolder(installed, 0o700, async (staging) => {
        await copyTree(root, staging, { skip: (name) => name === MODULES });
        await install(join(staging, path));
      });
    }
    await utimes(installed, new Date(), new Date());
  }

  async #removeUnused(): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    const linked = await this.#linked(dirname(this.#root));
    for (const name of await readdir(this.#root)) {
      const { mtimeMs } = await stat(join(this.#root, name));
      if (Date.now() - mtimeMs > UNUSED_AFTER_MS && !linked.has(name))
        await removeFolder(join(this.#root, name));
    }
  }

  /** Finds the keys that links in a folder name: links of local images, and of functions that run for long. */
  async #linked(folder: string): Promise<Set<string>> {
    const keys = new Set<string>();
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && path !== this.#root)
        for (const key of await this.#linked(path)) keys.add(key);
      if (!entry.isSymbolicLink()) continue;
      const [key] = relative(this.#root, resolve(folder, await readlink(path))).split(sep);
      if (key) keys.add(key);
    }
    return keys;
  }
}

async function fingerprint(root: string, path: string, named: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.versions.modules}`);
  hash.update(`\n${named.join(' ')}`);
  for (const name of ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc']) {
    const file = join(root, path, name);
    if (await isFile(file)) hash.update(`\n${path}/${name}\n`).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}
