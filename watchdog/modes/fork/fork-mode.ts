import { StartError } from '../../errors.ts';
import type { Mode } from '../mode.ts';
import { requireCommand } from '../required-settings.ts';
import type { Runner, RunnerContext } from '../runner.ts';

/** Makes a mode with a process per request. */
export function forkMode(createRunner: (context: RunnerContext) => Runner): Mode {
  return {
    forksPerRequest: true,
    runsInProcess: false,
    logsReason: false,
    takesPath: 'decoded',
    check(settings) {
      requireCommand(settings);
      if (settings.prefork === 0 || !settings.cgiHeaders) return;
      throw new StartError(
        'SETTING_INVALID',
        `prefork=${settings.prefork} needs cgi_headers=false: a process that is ready before its request cannot have it in its environment`,
      );
    },
    createRunner,
  };
}
