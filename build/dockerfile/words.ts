import { split } from 'shlex';

/** Reads an instruction that is a list in JSON. @returns its words; undefined for any other text */
export function jsonWords(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value;
  } catch {
    // A line for a shell is no JSON.
  }
  return undefined;
}

/** Splits a text into words by a shell's rules for quotes. A text with an open quote is split at its blanks. */
export function shellWords(text: string): string[] {
  try {
    return split(text);
  } catch {
    return text.split(/\s+/).filter(Boolean);
  }
}

/** The name of a shell, or its path. */
export const SHELL = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a)?sh$/;

/** A word that sets a variable for the command behind it: `NAME=value`. */
export const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

/** Gives the variables that are set by words of a command. Other words do not count. */
export function assignmentsOf(words: readonly string[]): Record<string, string> {
  const pairs = words.map((word) => ASSIGNMENT.exec(word)).filter((found) => found !== null);
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
}
