import { StartError } from '../errors.ts';
import type { Settings } from '../settings/table.ts';

/** @throws StartError SETTING_MISSING where no command for the function's process is set */
export function requireCommand({ functionProcess }: Settings): void {
  if (functionProcess) return;
  throw new StartError(
    'SETTING_MISSING',
    'provide a "function_process" or "fprocess" environment variable with the command of your function',
  );
}
