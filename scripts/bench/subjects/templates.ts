import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { ROOT } from '../../sample/sample-bundle.ts';
import type { Lab } from '../lab.ts';
import { subjectOf, type Subject } from './subject.ts';
import { httpMode, inprocMode } from './watchdog.ts';

/** The same handler in each template. */

const GREET = '({ message: `Hello, ${body?.name ?? "world"}!` })';
const EVENT_HANDLER = `async ({ body }) => ${GREET}`;
const WEB_HANDLER = `async (request) => {
  const body = request.method === 'POST' ? await request.json() : undefined;
  return Response.json(${GREET});
}`;

/** The compiled handler of each template that is measured: node22 and node26 have the source of node24. */
const HANDLERS = {
  node24: { file: 'function/handler.js', text: `module.exports = ${EVENT_HANDLER};` },
  'ts-http': { file: 'function/dist/handler.js', text: `export default ${EVENT_HANDLER};` },
  'ts-web': { file: 'function/dist/handler.js', text: `export default ${WEB_HANDLER};` },
} as const;

type TemplateName = keyof typeof HANDLERS;

/** @returns the folder of the template with the handler in it, as its image has it */
export function installTemplate(lab: Lab, name: TemplateName): Promise<string> {
  const { file, text } = HANDLERS[name];
  return lab.once(name, async (folder) => {
    await cp(fileURLToPath(new URL(`templates/${name}`, ROOT)), folder, { recursive: true });
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
    const words = ['ci', '--no-audit', '--no-fund'];
    if (name === 'ts-web') await execa('npm', words, { cwd: folder, cancelSignal: lab.signal });
    return folder;
  });
}

/** Without a watchdog. */
export function alone(name: TemplateName) {
  return async (lab: Lab): Promise<Subject> => {
    const file = join(await installTemplate(lab, name), 'index.js');
    return subjectOf({ name, words: [process.execPath, file], portSetting: 'http_port' });
  };
}

export function behindHttpMode(name: TemplateName) {
  return httpMode(`${name}, http mode`, {}, alone(name));
}

export function inWatchdog(name: TemplateName) {
  return async (lab: Lab): Promise<Subject> => {
    return inprocMode(`${name}, inproc`, { handler_path: await installTemplate(lab, name) })(lab);
  };
}
