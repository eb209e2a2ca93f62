import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { request } from 'undici';
import { currentLink, imageFolder } from '../../../common/local-image.ts';

/** What all gateways of the bench have in common: nobody logs in, and functions are the bench's own user. */
export const GATEWAY_SETTINGS = {
  basic_auth: 'false',
  provider: 'process',
  function_users: 'false',
  upstream_timeout: '0',
};

/**
 * Puts a ts-http function in inproc mode into a state folder, as a local image.
 * @param handler the module of its handler
 * @returns its folder
 */
export async function makeImage(state: string, name: string, handler: string): Promise<string> {
  const root = path.join(imageFolder(state, name), 'r1', 'root');
  await cp('templates/ts-http', root, { recursive: true });
  await mkdir(path.join(root, 'function/dist'), { recursive: true });
  await writeFile(path.join(root, 'function/dist/handler.js'), handler);
  const environment = { mode: 'inproc', handler_path: root, exec_timeout: '0s' };
  const image = { name, workdir: '/home/app', environment, command: ['fwatchdog'], choosesPort: true };
  await writeFile(path.join(root, '..', 'image.json'), JSON.stringify({ ...image, port: 8080 }));
  await symlink('r1', currentLink(state, name));
  return root;
}

/** Deploys it, and waits until it answers. */
export async function deployImage(url: string, name: string): Promise<void> {
  const body = JSON.stringify({ service: name, image: name });
  const deployed = await request(`${url}/system/functions`, { method: 'POST', body });
  if (deployed.statusCode >= 300) throw new Error(await deployed.body.text());
  const called = await request(`${url}/function/${name}`, { method: 'POST', body: '{}' });
  const text = await called.body.text();
  if (called.statusCode !== 200) throw new Error(`${name} answered with ${called.statusCode}: ${text}`);
}
