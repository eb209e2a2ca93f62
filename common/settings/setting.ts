import type { Parser } from './parsers.ts';

/**
 * One row of a program's table of settings: all facts of a setting, and its line of documentation. `Earlier` are the
 * settings that the defaults of later rows may depend on.
 */
export interface Setting<T, Earlier = unknown> {
  /** The variables that set it. If several are set, the first in this list counts. */
  readonly names: readonly [string, ...string[]];
  readonly parser: Parser<T>;
  readonly fallback: T | ((earlier: Earlier) => T);
  /** The default in words, if its value alone does not explain it. */
  readonly fallbackText?: string;
  readonly line: string;
}

/** A row of any table. */
export type AnySetting = Setting<unknown, never>;

/** The values that a table of settings describes. */
export type ValuesOf<Table> = {
  readonly [Key in keyof Table]: Table[Key] extends Setting<infer T, never> ? T : never;
};
