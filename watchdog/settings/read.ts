import { StartError } from '../errors.ts';
import { FORK_MODES, type EarlierSettings, type Setting } from './setting.ts';
import { SETTINGS, type Settings } from './table.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads every setting of the table from the environment. A variable that is set to nothing counts as not set.
 * @returns the settings, frozen
 * @throws StartError with one line: the variable, its value and what is expected
 */
export function readSettings(environment: Environment): Settings {
  const settings: Record<string, unknown> = {};
  for (const [key, row] of Object.entries<Setting<unknown>>(SETTINGS)) {
    settings[key] = readOne(row, environment, settings);
  }
  const complete = settings as unknown as Settings;
  requireTogether(complete);
  return Object.freeze(complete);
}

function readOne(row: Setting<unknown>, environment: Environment, earlier: object): unknown {
  for (const name of row.names) {
    const text = environment[name];
    if (text === undefined || text === '') continue;
    const value = row.parser.parse(text);
    if (value === undefined) {
      const shown = JSON.stringify(text);
      throw new StartError(
        'SETTING_INVALID',
        `${name}=${shown} cannot be read: expected ${row.parser.expects}`,
      );
    }
    return value;
  }
  return typeof row.fallback === 'function' ? row.fallback(earlier as EarlierSettings) : row.fallback;
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
