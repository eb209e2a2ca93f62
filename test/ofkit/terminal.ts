import { readlink } from 'node:fs/promises';
import { execa } from 'execa';
import { stripVTControlCharacters } from 'node:util';
import type { TestContext } from 'node:test';
import { until, within } from '../support/wait.ts';
import { OFKIT } from './project.ts';

/** The sequence that begins a picture of the whole screen: it moves the cursor to the first place. */
const PICTURE_BEGINS = '\u001B[1;1H';
/** Ends each line of a picture. */
const LINE_ENDS = '\u001B[K';

/** ofkit in a pseudo-terminal of util-linux's `script`. */
export class Terminal {
  /** ofkit's own. */
  readonly pid: Promise<number>;
  readonly #child;
  #text = '';

  constructor(
    t: TestContext,
    args: readonly string[],
    { cwd, rows, columns }: { readonly cwd: string; readonly rows: number; readonly columns: number },
  ) {
    const words = [process.execPath, OFKIT, ...args].map((word) => `'${word}'`).join(' ');
    const command = `stty rows ${rows} cols ${columns}; echo "pid $$"; exec ${words}`;
    const { PATH, HOME } = process.env;
    this.#child = execa('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd,
      env: { PATH, HOME, TERM: 'xterm', SHELL: '/bin/sh' },
      extendEnv: false,
      reject: false,
      buffer: false,
    });
    this.#child.stdout.setEncoding('utf8');
    this.#child.stdout.on('data', (chunk: string) => (this.#text += chunk));
    this.pid = until(() => Number(/pid (\d+)\r?\n/.exec(this.#text)?.[1]), 'the pid of ofkit');
    this.pid.catch(() => undefined);
    t.after(async () => {
      const pid = await this.pid.catch(() => 0);
      try {
        if (pid > 0) process.kill(pid, 'SIGKILL');
      } catch {
        // it has ended
      }
      this.#child.kill('SIGKILL');
      await this.#child;
    });
  }

  /** All that was written to the terminal, with its controls. */
  get text(): string {
    return this.#text;
  }

  /** The lines of the last picture that is whole, without controls. */
  get lines(): string[] {
    const pictures = this.#text.split(PICTURE_BEGINS).slice(1);
    const whole = pictures.findLast((picture) => picture.includes('\u001B[J')) ?? '';
    const [shown = ''] = whole.split('\u001B[J');
    const lines = shown.split(LINE_ENDS).slice(0, -1);
    return lines.map((line) => stripVTControlCharacters(line).replaceAll(/[\r\n]/g, ''));
  }

  /** Waits for a picture. */
  see(what: string, isIt: (lines: readonly string[]) => boolean): Promise<unknown> {
    return until(() => isIt(this.lines), what).catch((error: unknown) => {
      throw new Error(`${String(error)}; the screen:\n${this.lines.join('\n')}`, { cause: error });
    });
  }

  /** Sets the height of the window, in lines. */
  async resize(rows: number): Promise<void> {
    await execa('stty', ['-F', await readlink(`/proc/${await this.pid}/fd/1`), 'rows', String(rows)]);
  }

  press(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** @returns ofkit's exit status */
  async ended(): Promise<number | undefined> {
    return (await within(Promise.resolve(this.#child), 'the end of ofkit')).exitCode;
  }
}
