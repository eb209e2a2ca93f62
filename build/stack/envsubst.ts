import { KitError } from '../errors.ts';
import { OPERATORS } from './envsubst-operators.ts';

type Lookup = (name: string) => string;

const NAME = /[\p{L}\p{Nd}_]+/uy;

/**
 * Replaces `${NAME}` in a stack file as faas-cli does, with the shell's operators of envsubst-operators.ts. A name
 * without a value becomes the empty text, `$NAME` without braces stays, and `$$` becomes a dollar sign.
 * @param text the file's text
 * @param lookup gives the value of a variable, '' where it has none
 * @param file the file's name, for the error
 * @throws KitError INVALID with the line of a `${` that cannot be read
 */
export function substitute(text: string, lookup: Lookup, file: string): string {
  return new Substitution(text, lookup, file).run();
}

class Substitution {
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #file: string;
  #at = 0;

  constructor(text: string, lookup: Lookup, file: string) {
    this.#text = text;
    this.#lookup = lookup;
    this.#file = file;
  }

  run(): string {
    return this.#until('', true);
  }

  /** Reads up to one of the `ends`, without it: replaces nested `${`, and unescapes `$$`, `\\` and `\/`. */
  #until(ends: string, escapes: boolean): string {
    let result = '';
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at);
      const next = this.#text.charAt(this.#at + 1);
      if (escapes && ((char === '$' && next === '$') || (char === '\\' && (next === '\\' || next === '/')))) {
        result += next;
        this.#at += 2;
      } else if (char === '$' && next === '{') {
        result += this.#expression();
      } else if (ends.includes(char)) {
        break;
      } else {
        result += char;
        this.#at += 1;
      }
    }
    return result;
  }

  /** Reads `${...}`, from the dollar sign to behind the closing brace. */
  #expression(): string {
    const start = this.#at;
    this.#at += 2;
    const asksLength = this.#takes('#');
    NAME.lastIndex = this.#at;
    const name = NAME.exec(this.#text)?.[0];
    if (name === undefined) throw this.#unreadable(start);
    this.#at += name.length;
    const value = this.#lookup(name);
    const result = asksLength ? String(value.length) : this.#operation(value);
    if (result === undefined || !this.#takes('}')) throw this.#unreadable(start);
    return result;
  }

  /** @returns undefined where the operator lacks an operand */
  #operation(value: string): string | undefined {
    const operator = OPERATORS.find(({ sign }) => this.#takes(sign));
    if (!operator) return value;
    const operands: string[] = [];
    for (const { ends, behind = '', escapes = false, mayLack } of operator.operands) {
      const divided = this.#takes(behind);
      if (!divided && mayLack !== 'all') return undefined;
      if (!divided) break;
      const start = this.#at;
      operands.push(this.#until(ends, escapes));
      if (this.#at === start && mayLack !== 'text') return undefined;
    }
    const [first = '', second] = operands;
    return operator.apply(value, first, second);
  }

  #takes(sign: string): boolean {
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  #unreadable(start: number): KitError {
    const line = this.#text.slice(0, start).split('\n').length;
    const shown = this.#text.slice(start, start + 40).split('\n')[0] ?? '';
    return new KitError(
      'INVALID',
      `${this.#file} line ${line}: ${shown} cannot be read: write \${NAME} or \${NAME:-default}`,
    );
  }
}
