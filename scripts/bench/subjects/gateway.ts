import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { writeLocalImage } from '../../../build/image/image-writer.ts';
import { findFreePort } from '../../../common/free-port.ts';
import { WATCHDOG_COMMAND } from '../../../common/local-image.ts';
import { ROOT } from '../../sample/sample-bundle.ts';
import type { Lab, Make } from '../lab.ts';
import { subjectOf, type Subject } from '../server-process.ts';
import { listener, template } from './watchdog.ts';

const GATEWAY = fileURLToPath(new URL('dist/of-gateway.js', ROOT));

/** The images that the gateway has, both in inproc mode: the bench's function, and the ts-http template. */
const IMAGES = {
  hello: { handler: 'function.mjs', source: listener },
  'ts-http': { handler: '', source: template('ts-http') },
};

/** Where gateways serve the bench's function. */
export const BASE = '/function/hello';

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

/** Deploys an image, and waits until the function answers. */
export async function deploy(
  subject: Subject,
  image: keyof typeof IMAGES,
  service: string,
  envVars: object = {},
): Promise<void> {
  await ask(subject, 'POST', '/system/functions', { service, image, envVars });
  await ask(subject, 'GET', `/function/${service}`);
}

/** Puts the images into a state folder. */
async function writeImages(lab: Lab, state: string): Promise<void> {
  for (const [name, { handler, source }] of Object.entries(IMAGES)) {
    const workdir = '/home/app';
    const environment = { mode: 'inproc', handler_path: join(workdir, handler), healthcheck_interval: '0s' };
    const command = [WATCHDOG_COMMAND];
    const image = { name, workdir, environment, command, choosesPort: true, port: 8080 };
    const files = await lab.makeFolder();
    await cp(await source(lab), join(files, handler), { recursive: true });
    await writeLocalImage(state, image, files, { packages: 'linked', isDurable: false });
  }
}

/** The gateway with the bench's function deployed, in a state folder of its own. */
export function gateway(settings: object = {}): Make<Subject> {
  return async (lab) => {
    const state = await lab.makeFolder();
    await writeImages(lab, state);
    const ports = { metrics_port: `${await findFreePort()}` };
    const environment = { state_dir: state, basic_auth: 'false', ...ports, ...settings };
    const words = [process.execPath, GATEWAY];
    const subject = await subjectOf('of-gateway', words, 'port', { environment, base: BASE });
    const server = await lab.serve({ ...subject, base: '', readyPath: 'healthz' });
    await deploy(subject, 'hello', 'hello');
    await server.end();
    return subject;
  };
}
