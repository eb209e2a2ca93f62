import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILD_FOLDER } from '../context/build-context.ts';
import { isProcessAlive } from '../files/process-alive.ts';
import { removeFolder } from '../../common/files/remove-folder.ts';

const GENERATION = /^run-(\d+)-\d+$/;

/** Gives the folder of everything that runs. Its name begins with a dot, which no function's name does. */
export function runtimeFolder(cwd: string): string {
  return join(cwd, BUILD_FOLDER, '.ofkit');
}

/**
 * The copies of a function's code in build/.ofkit/NAME. Each generation has a folder, so that an instance keeps the files
 * that it has started with.
 */
export class Generations {
  readonly #root: string;
  #count = 0;

  constructor(cwd: string, name: string) {
    this.#root = join(runtimeFolder(cwd), name);
  }

  /** Makes the folder, and removes generations that killed processes have left. */
  async open(): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#root)) {
      const pid = GENERATION.exec(name)?.[1];
      if (pid !== undefined && !isProcessAlive(Number(pid))) await removeFolder(join(this.#root, name));
    }
  }

  /** Makes an empty folder for the next generation. */
  async create(): Promise<string> {
    this.#count += 1;
    const folder = join(this.#root, `run-${process.pid}-${this.#count}`);
    await mkdir(folder, { mode: 0o700 });
    return folder;
  }
}
