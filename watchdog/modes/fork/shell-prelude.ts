import { isUtf8 } from 'node:buffer';
import { existsSync } from 'node:fs';

type Variables = Readonly<Record<string, string>>;

const SHELL = '/bin/sh';
const ENV = '/usr/bin/env';

/** The command line and the environment that node:child_process starts. */
export interface PreparedCommand {
  readonly words: readonly string[];
  readonly environment: Variables;
}

/**
 * Puts a shell before a command where node:child_process lacks a means. Merged output must keep its order, which takes
 * one pipe for both streams, and Node gives each stream its own: the shell merges them. Node also writes an environment
 * as UTF-8: the shell makes values that are other bytes (Latin-1), and env(1) sets them. Then the command takes the
 * shell's place. Without a shell the outputs stay apart, and such bytes become the UTF-8 of their Latin-1 characters.
 */
export class Prelude {
  readonly #command: readonly string[];
  readonly #merges: boolean;
  readonly #hasShell = existsSync(SHELL);
  readonly #hasEnv: boolean;

  constructor(command: readonly string[], mergesErrors: boolean) {
    this.#command = command;
    this.#merges = mergesErrors;
    // env(1) would take a command with an equals sign for a variable
    this.#hasEnv = this.#hasShell && existsSync(ENV) && command[0]?.includes('=') === false;
  }

  /**
   * @param variables of the request; they replace those of the environment; their values are bytes, one for each
   * character
   */
  before(environment: Variables, variables: Variables): PreparedCommand {
    const all: Record<string, string> = { ...environment };
    const others: string[] = [];
    for (const [name, value] of Object.entries(variables)) {
      const bytes = Buffer.from(value, 'latin1');
      if (isUtf8(bytes)) all[name] = bytes.toString();
      else if (!this.#hasEnv || value.includes('\0')) all[name] = value;
      else {
        delete all[name];
        others.push(`${name}=${value}`);
      }
    }
    return { words: this.#words(all, others), environment: all };
  }

  /**
   * Makes the words to start. A shell drops variables whose names are not valid in it (`spring.profile`), so env(1)
   * sets them.
   */
  #words(environment: Variables, others: readonly string[]): readonly string[] {
    const merging = this.#merges ? ' 2>&1' : '';
    const odd = Object.keys(environment).filter((name) => !isShellName(name));
    if (others.length > 0) {
      // a substitution drops newlines at its end, so each value has a point behind them
      const made = others.map((entry, at) => `fwatchdog_${at}=$(printf '${asFormat(entry)}.'); `);
      const set = others.map((_, at) => ` "\${fwatchdog_${at}%.}"`);
      const script = `${made.join('')}exec ${ENV}${set.join('')} "$@"${merging}`;
      const kept = odd.map((name) => `${name}=${environment[name]}`);
      return [SHELL, '-c', script, 'fwatchdog', ...kept, ...this.#command];
    }
    if (!this.#merges || !this.#hasShell || odd.length > 0) return this.#command;
    return [SHELL, '-c', `exec "$@"${merging}`, 'fwatchdog', ...this.#command];
  }
}

/**
 * Writes bytes as a format of printf(1) within the quotes of a shell: bytes with a meaning in either become octal.
 */
function asFormat(value: string): string {
  return value.replaceAll(
    /[^ !-$&(-[\]-~]/g,
    (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}

function isShellName(name: string): boolean {
  return /^[a-z_]\w*$/i.test(name);
}
