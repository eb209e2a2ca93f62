import { homedir } from 'node:os';
import path from 'node:path';
import { readTable, type Environment } from '../../common/settings/read.ts';
import { StartError } from '../start-error.ts';
import { SETTINGS, WITHOUT_MEANING, type Settings } from './table.ts';

/**
 * Reads every setting of the table. A flag has priority over the variable of the same name. An empty value counts as
 * not set.
 * @param flags the flags, by the names of their variables
 * @returns the settings, frozen
 * @throws StartError with one line: the setting, its value and the expected form
 */
export function readSettings(environment: Environment, flags: Environment = {}): Settings {
  const given = { ...environment, ...flags };
  const all = { ...given, state_dir: given['state_dir'] || usualStateFolder(environment) };
  const settings = readTable(SETTINGS, all, (line) => new StartError(line)) as unknown as Settings;
  if (settings.provider === 'remote' && !settings.functionsProviderUrl) {
    throw new StartError('provider=remote needs functions_provider_url, such as http://127.0.0.1:8081');
  }
  const { stateDir, secretMountPath } = settings;
  return Object.freeze({
    ...settings,
    stateDir: path.resolve(stateDir),
    secretMountPath: path.resolve(secretMountPath),
  });
}

/** @returns a line for each variable of OpenFaaS's gateway that is set but has no effect here */
export function unusedVariables(environment: Environment): string[] {
  return Object.entries(WITHOUT_MEANING)
    .filter(([name]) => Boolean(environment[name]))
    .map(([name, why]) => `${name} is set and has no effect: ${why}`);
}

function usualStateFolder(environment: Environment): string {
  if (process.getuid?.() === 0) return '/var/lib/of-gateway';
  const home = environment['HOME'] || homedir();
  return path.join(environment['XDG_STATE_HOME'] || path.join(home, '.local/state'), 'of-gateway');
}
