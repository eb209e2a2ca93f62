import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILD_FOLDER } from '../context/build-context.ts';
import { isProcessAlive } from '../files/process-alive.ts';
import { removeFolder } from '../files/temporary.ts';

const GENERATION = /^run-(\d+)-\d+$/;

/** Where ofkit keeps what runs: a name that no function can have. */
export function runtimeFolder(cwd: string): string {
  return join(cwd, BUILD_FOLDER, '.ofkit');
}

/**
 * The copies of a function's code that run, in build/.ofkit/NAME: a folder per generation, so that an instance goes on
 * with the files it began with.
 */
export class Generations {
  readonly #root: string;
  #count = 0;

  constructor(cwd: string, name: string) {
    this.#root = join(runtimeFolder(cwd), name);
  }

  /** Removes what a killed process left behind. */
  async open(): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#root)) {
      const pid = GENERATION.exec(name)?.[1];
      if (pid !== undefined && !isProcessAlive(Number(pid))) await removeFolder(join(this.#root, name));
    }
  }

  /** An empty folder for the next generation. */
  async create(): Promise<string> {
    this.#count += 1;
    const folder = join(this.#root, `run-${process.pid}-${this.#count}`);
    await mkdir(folder, { mode: 0o700 });
    return folder;
  }
}
