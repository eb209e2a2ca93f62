import { copyFile, cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { findFreePort } from '../../../common/free-port.ts';
import { ROOT } from '../../sample/sample-bundle.ts';
import type { Lab } from '../lab.ts';
import { subjectOf, type Subject } from './subject.ts';

const OFKIT = fileURLToPath(new URL('dist/ofkit.js', ROOT));
const GATEWAY = fileURLToPath(new URL('dist/of-gateway.js', ROOT));
const NAME = 'hello';
const IMAGE = 'bench/hello:latest';

/** Where gateways serve the function. */
export const BASE = `/function/${NAME}`;

const DOCKERFILE = `FROM node:24-alpine
WORKDIR /home/app
COPY . .
ENV mode=inproc handler_path=/home/app/function.mjs healthcheck_interval=0s
CMD ["fwatchdog"]
`;

const STACK = `version: 1.0
provider:
  name: openfaas
functions:
  ${NAME}:
    lang: dockerfile
    handler: ./${NAME}
    image: ${IMAGE}
`;

async function makeImage(lab: Lab): Promise<string> {
  const folder = await mkdtemp(join(lab.folder, 'image-'));
  await mkdir(join(folder, NAME));
  await writeFile(join(folder, NAME, 'Dockerfile'), DOCKERFILE);
  await copyFile(lab.programs['function-listener'], join(folder, NAME, 'function.mjs'));
  await writeFile(join(folder, 'stack.yaml'), STACK);
  const state = join(folder, 'state');
  const words = [OFKIT, 'build', '--local', '--quiet', '--state-dir', state];
  await execa(process.execPath, words, { cwd: folder, cancelSignal: lab.signal });
  return state;
}

async function call(url: string, method: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
}

/** Deploys the bench's function under a name. */
export async function deploy({ port }: Subject, name: string): Promise<void> {
  await call(`http://127.0.0.1:${port}/system/functions`, 'POST', { service: name, image: IMAGE });
}

export async function remove({ port }: Subject, name: string): Promise<void> {
  await call(`http://127.0.0.1:${port}/system/functions`, 'DELETE', { functionName: name });
}

async function gatewayIn(state: string, readyPath?: string): Promise<Subject> {
  return subjectOf({
    name: 'of-gateway',
    words: [process.execPath, GATEWAY],
    portSetting: 'port',
    environment: { state_dir: state, metrics_port: `${await findFreePort()}`, basic_auth: 'false' },
    base: BASE,
    ...(readyPath === undefined ? {} : { readyPath }),
  });
}

const states = new WeakMap<Lab, Promise<string>>();

/** @returns a state folder with the function deployed */
async function makeState(lab: Lab): Promise<string> {
  const state = await makeImage(lab);
  const subject = await gatewayIn(state, '../../healthz');
  const server = await lab.serve(subject);
  await deploy(subject, NAME);
  await server.untilOk(subject.url, 20, lab.signal);
  await server.end();
  return state;
}

/** The gateway with the bench's function deployed, in the watchdog's own process. */
export async function gateway(lab: Lab): Promise<Subject> {
  const made = states.get(lab) ?? makeState(lab);
  states.set(lab, made);
  const state = await mkdtemp(join(lab.folder, 'gateway-'));
  await cp(await made, state, { recursive: true, verbatimSymlinks: true });
  return gatewayIn(state);
}
