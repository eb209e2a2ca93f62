import type { Parser } from '../../common/settings/parsers.ts';
import type { Setting as CommonSetting } from '../../common/settings/setting.ts';

/** The settings that the defaults of later rows may depend on. */
interface EarlierSettings {
  readonly stateDir: string;
}

/** A row of the gateway's table. */
export type Setting<T> = CommonSetting<T, EarlierSettings>;

/** Makes a row. */
export function setting<T>(row: Setting<T>): Setting<T> {
  return row;
}

/** A setting that has no value until it is given one. */
export function optional<T>(row: Omit<Setting<T>, 'fallback'>): Setting<T | undefined> {
  return { ...row, parser: row.parser as Parser<T | undefined>, fallback: undefined };
}
