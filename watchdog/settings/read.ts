import { StartError } from '../errors.ts';
import { readTable, type Environment } from '../../common/settings/read.ts';
import { SETTINGS, type Settings } from './table.ts';

/**
 * Reads every setting of the table from the environment. A variable that is set to nothing counts as not set.
 * @returns the settings, frozen
 * @throws StartError with one line: the variable, its value and what is expected
 */
export function readSettings(environment: Environment): Settings {
  const refuse = (message: string): StartError => new StartError('SETTING_INVALID', message);
  const settings = readTable(SETTINGS, environment, refuse) as unknown as Settings;
  if (settings.jwtAuth && !settings.openfaasName) {
    throw new StartError('SETTING_MISSING', 'jwt_auth=true needs "OPENFAAS_NAME", the name of the function');
  }
  return Object.freeze(settings);
}
