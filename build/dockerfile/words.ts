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
