import { StartError } from '../errors.ts';
import { readTable, type Environment } from '../../common/settings/read.ts';
import { FORK_MODES } from './setting.ts';
import { SETTINGS, type Settings } from './table.ts';

/**
 * Reads every setting of the table from the environment. A variable that is set to nothing counts as not set.
 * @returns the settings, frozen
 * @throws StartError with one line: the variable, its value and what is expected
 */
export function readSettings(environment: Environment): Settings {
  const refuse = (message: string): StartError => new StartError('SETTING_INVALID', message);
  const settings = readTable(SETTINGS, environment, refuse) as unknown as Settings;
  requireTogether(settings);
  return Object.freeze(settings);
}

/** What one setting asks of another. */
function requireTogether(settings: Settings): void {
  const needsProcess = settings.mode !== 'static' && settings.mode !== 'inproc';
  if (needsProcess && !settings.functionProcess) {
    throw new StartError(
      'SETTING_MISSING',
      'provide a "function_process" or "fprocess" environment variable with the command of your function',
    );
  }
  if (settings.mode === 'http' && !settings.upstreamUrl) {
    throw new StartError(
      'SETTING_MISSING',
      'mode=http needs "http_upstream_url" or "upstream_url", where the function listens, such as http://127.0.0.1:3000',
    );
  }
  if (settings.prefork > 0 && settings.cgiHeaders && FORK_MODES.has(settings.mode)) {
    throw new StartError(
      'SETTING_INVALID',
      `prefork=${settings.prefork} needs cgi_headers=false: a process that is ready before its request cannot have it in its environment`,
    );
  }
  if (settings.jwtAuth && !settings.openfaasName) {
    throw new StartError('SETTING_MISSING', 'jwt_auth=true needs "OPENFAAS_NAME", the name of the function');
  }
}
