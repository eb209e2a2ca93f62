import type { Parser } from '../../common/settings/parsers.ts';

/** What the defaults of later rows may depend on. */
export interface EarlierSettings {
  /** Where state lies for this user, where nothing is said. */
  readonly usualStateDir: string;
  readonly stateDir: string;
}

/** One row: a setting, everything that is known of it, and its line of documentation. */
export interface Setting<T> {
  /** The variable that sets it; as a flag with - in place of _. */
  readonly name: string;
  readonly parser: Parser<T>;
  readonly fallback: T | ((earlier: EarlierSettings) => T);
  /** The default in words, where its value alone does not tell. */
  readonly fallbackText?: string;
  readonly line: string;
}

/** Makes a row. */
export function setting<T>(row: Setting<T>): Setting<T> {
  return row;
}

/** A setting that has no value until it is given one. */
export function optional<T>(row: Omit<Setting<T>, 'fallback'>): Setting<T | undefined> {
  return { ...row, parser: row.parser as Parser<T | undefined>, fallback: undefined };
}

/** `read_timeout` as it is on the command line: `--read-timeout`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll('_', '-')}`;
}
