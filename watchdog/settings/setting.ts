import type { Parser } from './parsers.ts';

export const MODES = ['streaming', 'serializing', 'classic', 'http', 'inproc', 'static'] as const;
export type Mode = (typeof MODES)[number];

/** The modes with a process per request. */
export const FORK_MODES: ReadonlySet<Mode> = new Set(['streaming', 'serializing', 'classic']);

/** What the defaults of later rows may depend on. */
export interface EarlierSettings {
  readonly mode: Mode;
  readonly writeTimeout: number;
  readonly logFormat: 'text' | 'json';
}

/** One row: a setting, everything that is known of it, and its line of documentation. */
export interface Setting<T> {
  /** The variables that set it; where several are set the first of these wins. */
  readonly names: readonly [string, ...string[]];
  readonly parser: Parser<T>;
  readonly fallback: T | ((earlier: EarlierSettings) => T);
  /** The default in words, where its value alone does not tell. */
  readonly fallbackText?: string;
  readonly modes: string;
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
