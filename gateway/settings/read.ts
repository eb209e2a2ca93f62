import { homedir } from 'node:os';
import path from 'node:path';
import { StartError } from '../start-error.ts';
import { flagOf, type EarlierSettings, type Setting } from './setting.ts';
import { SETTINGS, WITHOUT_MEANING, type Settings } from './table.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads every setting of the table. A flag goes before the variable of the same name; a variable that is set to nothing
 * counts as not set.
 * @param flags by the names of their variables
 * @returns the settings, frozen
 * @throws StartError with one line: the setting, its value and what is expected
 */
export function readSettings(variables: Variables, flags: Variables = {}): Settings {
  const settings: Record<string, unknown> = {};
  const usualStateDir = usualStateFolder(variables);
  for (const [key, row] of Object.entries<Setting<unknown>>(SETTINGS)) {
    settings[key] = readOne(row, variables, flags, { ...settings, usualStateDir });
  }
  const { stateDir, secretMountPath, ...rest } = settings as unknown as Settings;
  const complete = {
    ...rest,
    stateDir: path.resolve(stateDir),
    secretMountPath: path.resolve(secretMountPath),
  };
  if (complete.provider === 'remote' && !complete.functionsProviderUrl) {
    throw new StartError('provider=remote needs functions_provider_url, such as http://127.0.0.1:8081');
  }
  return Object.freeze(complete);
}

/** Variables that are set and mean nothing here: a line for each. */
export function unusedVariables(variables: Variables): string[] {
  return Object.entries(WITHOUT_MEANING)
    .filter(([name]) => Boolean(variables[name]))
    .map(([name, why]) => `${name} is set and has no effect: ${why}`);
}

function readOne(row: Setting<unknown>, variables: Variables, flags: Variables, earlier: object): unknown {
  const flag = flags[row.name];
  const text = flag ?? (variables[row.name] || undefined);
  if (text === undefined) {
    return typeof row.fallback === 'function' ? row.fallback(earlier as EarlierSettings) : row.fallback;
  }
  const value = row.parser.parse(text);
  if (value !== undefined) return value;
  const shown = `${flag === undefined ? row.name : flagOf(row.name)}=${JSON.stringify(text)}`;
  throw new StartError(`${shown} cannot be read: expected ${row.parser.expects}`);
}

function usualStateFolder(variables: Variables): string {
  if (process.getuid?.() === 0) return '/var/lib/of-gateway';
  const home = variables['HOME'] || homedir();
  return path.join(variables['XDG_STATE_HOME'] || path.join(home, '.local/state'), 'of-gateway');
}
