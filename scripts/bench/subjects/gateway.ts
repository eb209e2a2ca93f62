import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { request } from 'undici';
import { findFreePort } from '../../sample/port.ts';
import { ROOT } from '../../sample/sample-bundle.ts';
import type { Lab } from '../lab.ts';
import { subjectOf, urlOf, type Subject } from '../subject.ts';
import { listener, template } from './watchdog.ts';

const OFKIT = fileURLToPath(new URL('dist/ofkit.js', ROOT));
const GATEWAY = fileURLToPath(new URL('dist/of-gateway.js', ROOT));

/** The functions that the gateway has images of, both in inproc mode: the bench's, and the ts-http template. */
const HANDLERS = { hello: 'function.mjs', 'ts-http': '' };

const STACK = `version: 1.0
provider: { name: openfaas }
functions:
  hello: { lang: dockerfile, handler: ./hello, image: bench/hello }
  ts-http: { lang: dockerfile, handler: ./ts-http, image: bench/ts-http }
`;

const dockerfileOf = (handler: string): string => `FROM node:24-alpine
WORKDIR /home/app
COPY . .
ENV mode=inproc handler_path=/home/app/${handler} healthcheck_interval=0s
CMD ["fwatchdog"]
`;

/** Where gateways serve the bench's function. */
export const BASE = '/function/hello';

/** The same gateway, asked for another path. */
export function at(subject: Subject, base: string): Subject {
  return { ...subject, base };
}

/**
 * Asks the gateway's API, or a function behind it.
 * @returns the answer
 * @throws Error when it is none of the 200s
 */
export async function ask({ port }: Subject, method: string, path: string, body?: object): Promise<string> {
  const options = { method, ...(body && { body: JSON.stringify(body) }) };
  const { statusCode, body: answer } = await request(`http://127.0.0.1:${port}${path}`, options);
  const text = await answer.text();
  if (statusCode >= 300) throw new Error(`${method} ${path}: ${statusCode} ${text}`);
  return text;
}

/** Deploys an image of the bench as a service. */
export async function deploy(
  subject: Subject,
  image: keyof typeof HANDLERS,
  service: string,
  envVars: object = {},
): Promise<void> {
  await ask(subject, 'POST', '/system/functions', { service, image: `bench/${image}:latest`, envVars });
}

async function gatewayIn(state: string, settings: object): Promise<Subject> {
  const ports = { metrics_port: `${await findFreePort()}` };
  const environment = { state_dir: state, basic_auth: 'false', ...ports, ...settings };
  return subjectOf('of-gateway', [process.execPath, GATEWAY], 'port', { environment, base: BASE });
}

/** @returns a state folder with the images, where the bench's function is deployed */
async function makeState(lab: Lab, folder: string): Promise<string> {
  const state = join(folder, 'state');
  await mkdir(join(folder, 'hello'));
  await cp(await listener(lab), join(folder, 'hello/function.mjs'));
  await cp(await template('ts-http')(lab), join(folder, 'ts-http'), { recursive: true });
  for (const [name, handler] of Object.entries(HANDLERS)) {
    await writeFile(join(folder, name, 'Dockerfile'), dockerfileOf(handler));
    // The template's own leaves out the compiled handler, and what this names would have its packages installed.
    await writeFile(join(folder, name, '.dockerignore'), 'function/package.json');
  }
  await writeFile(join(folder, 'stack.yaml'), STACK);
  const words = [OFKIT, 'build', '--local', '--quiet', '--state-dir', state];
  await execa(process.execPath, words, { cwd: folder, cancelSignal: lab.signal });
  const subject = await gatewayIn(state, {});
  const server = await lab.serve({ ...subject, base: '', readyPath: 'healthz' });
  await deploy(subject, 'hello', 'hello');
  await server.untilOk(urlOf(subject), lab.signal);
  await server.end();
  return state;
}

/** The gateway with the bench's function deployed, in a state folder of its own. */
export function gateway(settings: object = {}) {
  return async (lab: Lab): Promise<Subject> => {
    const made = await lab.once('state', (folder) => makeState(lab, folder));
    const state = await lab.makeFolder();
    await cp(made, state, { recursive: true, verbatimSymlinks: true });
    return gatewayIn(state, settings);
  };
}
