import { join as joinWords } from 'shlex';
import { bundleScript, WATCHDOG } from '../../sample/sample-bundle.ts';
import { findFreePort } from '../../sample/port.ts';
import type { Lab } from '../lab.ts';
import { direct } from './others.ts';
import { subjectOf, type Subject } from './subject.ts';

type Settings = Readonly<Record<string, string>>;
type Made = (lab: Lab) => Promise<Subject>;

/** The bench's function as a handler, in one file of plain JavaScript. */
export function listener(lab: Lab): Promise<string> {
  return lab.once('listener', () => bundleScript('bench/servers/listener.ts', 'bench/listener.mjs'));
}

/** Answers once the watchdog does. */
export const HEALTH = '_/health';

/** The watchdog, with logs and metrics on as they are by default. */
async function watchdog(lab: Lab, name: string, settings: Settings, readyPath = '_/ready'): Promise<Subject> {
  return subjectOf({
    name,
    words: [process.execPath, WATCHDOG],
    portSetting: 'port',
    environment: {
      metrics_port: `${await findFreePort()}`,
      healthcheck_interval: '0s',
      TMPDIR: await lab.makeFolder(),
      ...settings,
    },
    readyPath,
  });
}

/** http mode before a server, the bench's function where no other is given. */
export function httpMode(name = 'http mode', settings: Settings = {}, behind: Made = direct): Made {
  return async (lab) => {
    const { words, environment, url } = await behind(lab);
    const told = { ...environment, fprocess: joinWords([...words]), upstream_url: url.slice(0, -1) };
    return watchdog(lab, name, { mode: 'http', ...told, ...settings });
  };
}

/** A process for each request: `cat`, where the settings do not say another. */
export function forkMode(
  mode: 'streaming' | 'serializing' | 'classic',
  name = `${mode} mode`,
  settings: Settings = {},
): Made {
  return (lab) => watchdog(lab, name, { mode, fprocess: 'cat', ...settings }, HEALTH);
}

/** A handler in the watchdog's own process: the bench's function, where the settings do not say another. */
export function inprocMode(name = 'inproc mode', settings: Settings = {}): Made {
  return async (lab) => {
    return watchdog(lab, name, { mode: 'inproc', handler_path: await listener(lab), ...settings });
  };
}
