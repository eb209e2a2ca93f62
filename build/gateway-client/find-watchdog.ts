import { dirname, join, resolve } from 'node:path';
import { KitError } from '../errors.ts';
import { isFile } from '../files/kinds.ts';
import type { Project } from '../project.ts';

/**
 * Finds the watchdog for functions: `given`, else OFKIT_WATCHDOG, else fwatchdog.js beside ofkit.js.
 * @throws KitError TOOL_MISSING
 */
export async function findWatchdog(project: Project, given?: string): Promise<string> {
  const chosen = given ?? project.environment.OFKIT_WATCHDOG;
  const path = chosen ? resolve(project.folder, chosen) : join(dirname(project.program), 'fwatchdog.js');
  if (await isFile(path)) return path;
  throw new KitError(
    'TOOL_MISSING',
    `the watchdog ${path} is not there: run "npm run build", or name it in OFKIT_WATCHDOG`,
  );
}
