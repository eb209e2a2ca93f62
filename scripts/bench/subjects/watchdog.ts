import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { join as joinWords } from 'shlex';
import { findFreePort } from '../../../common/free-port.ts';
import { bundleScript, ROOT, WATCHDOG } from '../../sample/sample-bundle.ts';
import type { Lab, Make } from '../lab.ts';
import { subjectOf, urlOf, type Subject } from '../server-process.ts';
import { direct } from './others.ts';

type Settings = Readonly<Record<string, string>>;

/** Answers once the watchdog does. */
export const HEALTH = '_/health';

/** The watchdog, with logs and metrics on as they are by default. */
async function watchdog(lab: Lab, name: string, settings: Settings, readyPath = '_/ready'): Promise<Subject> {
  const environment = {
    metrics_port: `${await findFreePort()}`,
    healthcheck_interval: '0s',
    TMPDIR: await lab.makeFolder(),
    ...settings,
  };
  return subjectOf(name, [process.execPath, WATCHDOG], 'port', { environment, readyPath });
}

/** http mode before a server, the bench's function where no other is given. */
export function httpMode(name = 'http mode', settings: Settings = {}, behind = direct): Make<Subject> {
  return async (lab) => {
    const served = await behind(lab);
    const told = { fprocess: joinWords([...served.words]), upstream_url: urlOf(served).slice(0, -1) };
    return watchdog(lab, name, { mode: 'http', ...served.environment, ...told, ...settings });
  };
}

/** A process for each request: `cat`, where the settings do not say another. */
export function forkMode(mode: string, name = `${mode} mode`, settings: Settings = {}): Make<Subject> {
  return (lab) => watchdog(lab, name, { mode, fprocess: 'cat', ...settings }, HEALTH);
}

/** The bench's function as a handler. */
export function listener(lab: Lab): Promise<string> {
  return lab.once('listener', () => bundleScript('bench/servers/listener.ts', 'bench/listener.mjs'));
}

/** A handler in the watchdog's own process, the bench's function where no other is given. */
export function inprocMode(name = 'inproc mode', settings: Settings = {}, handler = listener): Make<Subject> {
  return async (lab) =>
    watchdog(lab, name, { mode: 'inproc', handler_path: await handler(lab), ...settings });
}

const GREET = '({ message: `Hello, ${body?.name ?? "world"}!` })';
const EVENT_HANDLER = `async ({ body }) => ${GREET}`;
const WEB_HANDLER = `async (request) => {
  const body = request.method === 'POST' ? await request.json() : undefined;
  return Response.json(${GREET});
}`;

/** The same handler, compiled, in each template: node22 and node26 have the source of node24. */
const HANDLERS = {
  node24: { file: 'function/handler.js', text: `module.exports = ${EVENT_HANDLER};` },
  'ts-http': { file: 'function/dist/handler.js', text: `export default ${EVENT_HANDLER};` },
  'ts-web': { file: 'function/dist/handler.js', text: `export default ${WEB_HANDLER};` },
} as const;

type TemplateName = keyof typeof HANDLERS;

/** @returns a maker of the template's folder with the handler in it, as its image has it */
export function template(name: TemplateName) {
  const { file, text } = HANDLERS[name];
  const install = async (folder: string, signal: AbortSignal): Promise<string> => {
    await cp(fileURLToPath(new URL(`templates/${name}`, ROOT)), folder, { recursive: true });
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
    const words = ['ci', '--no-audit', '--no-fund'];
    if (name === 'ts-web') await execa('npm', words, { cwd: folder, cancelSignal: signal });
    return folder;
  };
  return (lab: Lab): Promise<string> => lab.once(name, (folder) => install(folder, lab.signal));
}

/** A template without a watchdog. */
export function alone(name: TemplateName): Make<Subject> {
  return async (lab) => {
    const words = [process.execPath, join(await template(name)(lab), 'index.js')];
    return subjectOf(name, words, 'http_port');
  };
}

export const behindHttpMode = (name: TemplateName): Make<Subject> =>
  httpMode(`${name}, http mode`, {}, alone(name));

export const inWatchdog = (name: TemplateName): Make<Subject> =>
  inprocMode(`${name}, inproc`, {}, template(name));
