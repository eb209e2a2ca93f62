import type { Parser } from '../../common/settings/parsers.ts';
import type { Setting as CommonSetting } from '../../common/settings/setting.ts';

export const MODE_NAMES = ['streaming', 'serializing', 'classic', 'http', 'inproc', 'static'] as const;
export type ModeName = (typeof MODE_NAMES)[number];

/** The settings that the defaults of later rows may depend on. */
interface EarlierSettings {
  readonly mode: ModeName;
  readonly writeTimeout: number;
  readonly logFormat: 'text' | 'json';
}

/** A row of the watchdog's table. */
export interface Setting<T> extends CommonSetting<T, EarlierSettings> {
  /** The modes in which the setting counts, in words. */
  readonly modes: string;
}

/** Makes a row. */
export function setting<T>(row: Setting<T>): Setting<T> {
  return row;
}

/** A setting that has no value until it is given one. */
export function optional<T>(row: Omit<Setting<T>, 'fallback'>): Setting<T | undefined> {
  return { ...row, parser: row.parser as Parser<T | undefined>, fallback: undefined };
}
