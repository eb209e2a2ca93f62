import { cpSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { currentLink, imageFolder } from '../../common/local-image.ts';
import { fixture } from './command.ts';
import type { OfGateway } from './of-gateway.ts';
import type { Answer } from './request.ts';

const SERVER = fixture('gateway/server.mjs');

let revisions = 0;

/** Puts a local image into a state folder, as `ofkit build --local` does. */
function putImage(
  folder: string,
  name: string,
  environment: Readonly<Record<string, string>>,
  files: readonly string[] = [],
): void {
  revisions += 1;
  const revision = `r${revisions}`;
  const root = path.join(imageFolder(folder, name), revision, 'root');
  mkdirSync(root, { recursive: true });
  for (const file of files) cpSync(file, path.join(root, path.basename(file)));
  const image = {
    name,
    workdir: '/home/app',
    environment,
    command: ['fwatchdog'],
    choosesPort: true,
    port: 8080,
  };
  writeFileSync(path.join(root, '..', 'image.json'), JSON.stringify(image));
  symlinkSync(revision, `${currentLink(folder, name)}.next`);
  renameSync(`${currentLink(folder, name)}.next`, currentLink(folder, name));
}

/** An image of test/fixtures/gateway/function.mjs in http mode. */
export function makeLocalImage(
  folder: string,
  name: string,
  environment: Readonly<Record<string, string>> = {},
): void {
  putImage(folder, name, { mode: 'http', fprocess: 'node function.mjs', ...environment }, [
    fixture('gateway/function.mjs'),
  ]);
}

/** An image of test/fixtures/gateway/talker.mjs in http mode. */
export function makeTalkerImage(folder: string, name: string): void {
  putImage(folder, name, { mode: 'http', fprocess: 'node talker.mjs' }, [fixture('gateway/talker.mjs')]);
}

/** An image of the server in test/fixtures/gateway, named `server`. */
export function makeServerImage(folder: string, variables: Readonly<Record<string, string>> = {}): void {
  const environment = { mode: 'http', upstream_url: 'http://127.0.0.1:3000', fprocess: 'node server.mjs' };
  putImage(folder, 'server', { ...environment, ...variables }, [SERVER]);
}

/** An image with a process per request, named `command`; a deployment's envProcess picks the command. */
export function makeCommandImage(folder: string): void {
  putImage(folder, 'command', { mode: 'streaming', fprocess: 'cat' });
}

/** Deploys a function; it may still be starting when this resolves. */
export function deploy(gateway: OfGateway, deployment: object, method = 'POST'): Promise<Answer> {
  return gateway.api(method, '/system/functions', { body: { image: 'server', ...deployment } });
}

interface Status {
  readonly replicas?: number;
  readonly availableReplicas?: number;
  readonly notes?: readonly string[];
  readonly usage?: { readonly cpu: number; readonly totalMemoryBytes: number };
}

export async function statusOf(gateway: OfGateway, name: string): Promise<Status> {
  return JSON.parse((await gateway.api('GET', `/system/function/${name}?usage=1`)).text) as Status;
}
