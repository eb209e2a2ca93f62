import { splitKeyword, type ShellCommand } from '../dockerfile/shell-line.ts';

interface Branch {
  /** Whether the lines around the condition are run. */
  readonly outer: boolean;
  /** Whether one of its branches has been run. */
  taken: boolean;
}

/** Decides which commands of a line are run, by how those before them have ended. */
export class ShellState {
  #ok = true;
  #isActive = true;
  readonly #branches: Branch[] = [];

  /** Tells whether the command is run, and gives it without the words of the shell before it. */
  next({ text, joint }: ShellCommand): { readonly text: string; readonly isRun: boolean } {
    const { keyword, rest } = splitKeyword(text);
    if (keyword === undefined) {
      const isWanted = joint === ';' || (joint === '&&') === this.#ok;
      return { text, isRun: this.#isActive && isWanted };
    }
    this.#enter(keyword);
    return { text: rest, isRun: this.#isActive && rest !== '' };
  }

  /** @param ok whether the command that was run ended well */
  ended(ok: boolean): void {
    this.#ok = ok;
  }

  /**
   * Whether a command behind this one decides by its end, so that a failure is none of the line's.
   * @param next the commands behind it
   */
  isWatched(next: readonly ShellCommand[]): boolean {
    const end = next.findIndex(({ joint }) => joint === ';');
    const list = end === -1 ? next : next.slice(0, end);
    return list.some(({ joint }) => joint === '||') || /^then\b/.test(next[end]?.text ?? '');
  }

  #enter(keyword: string): void {
    if (keyword === 'if') {
      this.#branches.push({ outer: this.#isActive, taken: false });
      return;
    }
    const branch = this.#branches.at(-1);
    if (!branch) return;
    if (keyword === 'fi') {
      this.#branches.pop();
      this.#isActive = branch.outer;
      this.#ok = true;
    } else if (keyword === 'then') {
      this.#isActive = this.#isActive && this.#ok;
      branch.taken ||= this.#isActive;
    } else this.#isActive = branch.outer && !branch.taken;
  }
}
