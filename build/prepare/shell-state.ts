import { splitKeyword, type ShellCommand } from '../dockerfile/shell-line.ts';

interface Branch {
  /** Whether the commands around the condition are run. */
  readonly outer: boolean;
  /** Whether one of its branches has been run. */
  taken: boolean;
}

/** Decides which commands of a line run, by the outcomes of the commands before them. */
export class ShellState {
  #ok = true;
  #isActive = true;
  readonly #branches: Branch[] = [];

  /** Decides whether the next command runs. @returns its text without the shell's keyword too */
  next({ text, joint }: ShellCommand): { readonly text: string; readonly isRun: boolean } {
    const { keyword, rest } = splitKeyword(text);
    if (keyword === undefined) return { text, isRun: this.#isWanted(joint) };
    this.#enter(keyword);
    return { text: rest, isRun: this.#isActive && rest !== '' };
  }

  /** Begins a group of commands, `(...)` or `{...}`, which runs as one command would. */
  open({ joint }: Pick<ShellCommand, 'joint'>): void {
    this.#branches.push({ outer: this.#isActive, taken: false });
    this.#isActive = this.#isWanted(joint);
  }

  /** Ends the group that began last. */
  close(): void {
    this.#isActive = this.#branches.pop()?.outer ?? this.#isActive;
  }

  /** Records the outcome of the command that has run. @param ok whether it ended well */
  ended(ok: boolean): void {
    this.#ok = ok;
  }

  /**
   * Whether a later command depends on this one's outcome, so that its failure does not fail the line.
   * @param next the commands behind it
   */
  isWatched(next: readonly ShellCommand[]): boolean {
    const end = next.findIndex(({ joint }) => joint === ';');
    const list = end === -1 ? next : next.slice(0, end);
    return list.some(({ joint }) => joint === '||') || /^then\b/.test(next[end]?.text ?? '');
  }

  #isWanted(joint: ShellCommand['joint']): boolean {
    return this.#isActive && (joint === ';' || (joint === '&&') === this.#ok);
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
