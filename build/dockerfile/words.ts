import { split } from 'shlex';

/** The words of an instruction in its form as a list in JSON; undefined for the other form. */
export function jsonWords(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value;
  } catch {
    // It is the other form.
  }
  return undefined;
}

/** The words of a text by a shell's rules for quotes; parted at blanks where a quote is left open. */
export function shellWords(text: string): string[] {
  try {
    return split(text);
  } catch {
    return text.split(/\s+/).filter(Boolean);
  }
}
