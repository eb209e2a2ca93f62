import { isUtf8 } from 'node:buffer';
import { existsSync } from 'node:fs';

type Variables = Readonly<Record<string, string>>;

const SHELL = '/bin/sh';
const ENV = '/usr/bin/env';

/** What node:child_process is given to start a command. */
export interface Prepared {
  readonly words: readonly string[];
  readonly environment: Variables;
}

/**
 * Puts a shell before a command where node:child_process lacks a means. Output that is merged has one order, which only
 * one pipe for both can keep, and Node gives each its own: the shell puts them together. And Node writes an environment
 * as UTF-8: values that are other bytes (Latin-1) are made by the shell and set by env(1). Then it makes way.
 * Where there is no shell the outputs stay apart, and such bytes become the UTF-8 of their Latin-1 characters.
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

  /** @param variables of the request, which go over the environment's; their values are bytes, a character each */
  before(environment: Variables, variables: Variables): Prepared {
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

  /** A shell takes from the environment the names that are none to it (`spring.profile`). */
  #words(environment: Variables, others: readonly string[]): readonly string[] {
    const merging = this.#merges ? ' 2>&1' : '';
    const odd = Object.keys(environment).filter((name) => !isShellName(name));
    if (others.length > 0) {
      // a substitution loses newlines at its end, so that there is a point behind them
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

/** Bytes as the format of printf(1), within the quotes of a shell: what means something to one of them as its octal. */
function asFormat(value: string): string {
  return value.replaceAll(
    /[^ !-$&(-[\]-~]/g,
    (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}

function isShellName(name: string): boolean {
  return /^[a-z_]\w*$/i.test(name);
}
