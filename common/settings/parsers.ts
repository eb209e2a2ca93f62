import { split } from 'shlex';
import { formatDuration, parseDuration } from '../duration.ts';

/** Turns the text of a variable into a value. `expects` ends the sentence "… expected …" of an error. */
export interface Parser<T> {
  readonly expects: string;
  /** @returns the value; undefined where the text cannot be read */
  parse(text: string): T | undefined;
  /** Writes the value as the documentation does. */
  print(value: T): string;
}

/** The words that Go's strconv.ParseBool accepts, as OpenFaaS's programs read such variables with it. */
const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

export const boolean: Parser<boolean> = {
  expects: 'true or false',
  parse(text) {
    if (TRUE.has(text)) return true;
    return FALSE.has(text) ? false : undefined;
  },
  print: String,
};

export const string: Parser<string> = {
  expects: 'a text',
  parse: (text) => text,
  print: (value) => value,
};

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number, expects: string): Parser<number> {
  return {
    expects,
    parse(text) {
      const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    },
    print: String,
  };
}

export const port = integer(0, 65_535, 'a port from 0 to 65535 (0 picks a free one)');

/** A span of time in milliseconds, of at least `least`. */
export function duration(least: 'zero' | 'over zero'): Parser<number> {
  const over = least === 'over zero' ? ' over 0s' : '';
  return {
    expects: `a Go duration such as 30s, 1m30s or 500ms, or a whole number of seconds${over}`,
    parse(text) {
      const value = parseDuration(text);
      if (value === undefined || value < 0) return undefined;
      return value === 0 && least === 'over zero' ? undefined : value;
    },
    print: formatDuration,
  };
}

export function oneOf<const T extends string>(values: readonly T[]): Parser<T> {
  return {
    expects: `one of ${values.join(', ')}`,
    parse: (text) => values.find((value) => value === text),
    print: (value) => value,
  };
}

/** A command line, split as by a shell. Quotes and backslashes have a meaning; variables and pipes have none. */
export const commandLine: Parser<readonly string[]> = {
  expects: 'a command with its quotes in pairs',
  parse(text) {
    try {
      const words = split(text);
      return words.length > 0 && words[0] !== '' ? words : undefined;
    } catch {
      return undefined;
    }
  },
  print: (words) => words.join(' '),
};
