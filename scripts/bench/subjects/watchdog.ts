import { mkdtemp } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { join as joinWords } from 'shlex';
import { WATCHDOG } from '../../sample/sample-bundle.ts';
import { findFreePort } from '../../../common/free-port.ts';
import type { Lab } from '../lab.ts';
import { subjectOf, type Subject } from './subject.ts';

type Settings = Readonly<Record<string, string>>;

/** Answers once the watchdog does. */
export const HEALTH = '_/health';

/** The watchdog, with logs and metrics on as they are by default. */
export async function watchdog(
  lab: Lab,
  name: string,
  settings: Settings,
  readyPath = '_/ready',
): Promise<Subject> {
  return subjectOf({
    name,
    words: [process.execPath, WATCHDOG],
    portSetting: 'port',
    environment: {
      metrics_port: `${await findFreePort()}`,
      healthcheck_interval: '0s',
      TMPDIR: await mkdtemp(joinPath(lab.folder, 'watchdog-')),
      ...settings,
    },
    readyPath,
  });
}

/** http mode before the bench's function. */
export async function httpMode(lab: Lab, settings: Settings = {}, name = 'http mode'): Promise<Subject> {
  const port = `${await findFreePort()}`;
  return watchdog(lab, name, {
    mode: 'http',
    fprocess: joinWords([process.execPath, lab.programs.function]),
    function_port: port,
    upstream_url: `http://127.0.0.1:${port}`,
    ...settings,
  });
}

/** A process for each request: `cat`, where the settings do not say another. */
export function forkMode(
  lab: Lab,
  mode: 'streaming' | 'serializing' | 'classic',
  settings: Settings = {},
  name = `${mode} mode`,
): Promise<Subject> {
  return watchdog(lab, name, { mode, fprocess: 'cat', ...settings }, HEALTH);
}

/** A handler in the watchdog's own process. */
export function inprocMode(
  lab: Lab,
  name: string,
  handlerPath: string,
  settings: Settings = {},
): Promise<Subject> {
  return watchdog(lab, name, { mode: 'inproc', handler_path: handlerPath, ...settings });
}
