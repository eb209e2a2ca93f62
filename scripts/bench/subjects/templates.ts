import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { join as joinWords } from 'shlex';
import { ROOT } from '../../sample/sample-bundle.ts';
import { findFreePort } from '../../../common/free-port.ts';
import type { Lab } from '../lab.ts';
import { subjectOf, type Subject } from './subject.ts';
import { watchdog } from './watchdog.ts';

/** The same handler in each template, and on a bare node:http server. */

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

export type TemplateName = keyof typeof HANDLERS;

/** A server that listens where http_port says. */
export interface Program {
  readonly name: string;
  readonly folder: string;
  readonly file: string;
}

/** The bare server with the handler. */
export function bareProgram(lab: Lab): Program {
  const file = lab.programs['bare-server'];
  return { name: 'bare', folder: dirname(file), file };
}

/** The template with the handler in it, as its image has it. */
export async function installTemplate(lab: Lab, name: TemplateName): Promise<Program> {
  const { file, text } = HANDLERS[name];
  const folder = await mkdtemp(join(lab.folder, `${name}-`));
  await cp(fileURLToPath(new URL(`templates/${name}`, ROOT)), folder, { recursive: true });
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
  if (name === 'ts-web') {
    await execa('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, cancelSignal: lab.signal });
  }
  return { name, folder, file: join(folder, 'index.js') };
}

/** Without a watchdog. */
export function alone({ name, file }: Program): Promise<Subject> {
  return subjectOf({ name, words: [process.execPath, file], portSetting: 'http_port' });
}

export async function behindHttpMode(lab: Lab, { name, file }: Program): Promise<Subject> {
  const port = await findFreePort();
  return watchdog(lab, `${name}, http mode`, {
    mode: 'http',
    fprocess: joinWords([process.execPath, file]),
    http_port: `${port}`,
    upstream_url: `http://127.0.0.1:${port}`,
  });
}
