import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { join as joinWords } from 'shlex';
import { bundleScript } from '../../sample/sample-bundle.ts';
import type { Lab, Make } from '../lab.ts';
import { subjectOf, urlOf, type Subject } from '../server-process.ts';

/** The servers that ours are compared with. */

/** Runs a server of servers/servers.ts. */
async function wordsOf(lab: Lab, ...words: readonly string[]): Promise<string[]> {
  const file = await lab.once('servers', () => bundleScript('bench/servers/servers.ts', 'bench/servers.mjs'));
  return [process.execPath, file, ...words];
}

const server =
  (name: string, kind: string): Make<Subject> =>
  async (lab) =>
    subjectOf(name, await wordsOf(lab, kind), 'http_port');

/** The bench's function, started by nobody but the bench. */
export const direct = server('direct', 'function');

/** The least that a server has to do for the handler of the templates. */
export const bare = server('bare', 'bare');

/** node:http with a `cat` of its own for each request. */
export const spawning = server('node spawn', 'spawn');

/** Starts the server behind a proxy as the proxy's child, as ours do, so that both are measured as one. */
function below(proxy: readonly string[], { words }: Subject): string[] {
  return ['/bin/sh', '-c', `${joinWords([...words])} & exec ${joinWords([...proxy])}`];
}

/** A proxy of servers/servers.ts, before the bench's function where no other is given. */
const proxy =
  (name: string) =>
  (behind = direct, base = ''): Make<Subject> =>
  async (lab) => {
    const served = await behind(lab);
    const words = await wordsOf(lab, name, urlOf(served).slice(0, -1), base);
    return subjectOf(name, below(words, served), 'proxy_port', { environment: served.environment, base });
  };

/** http-proxy with nothing else in it. */
export const httpProxy = proxy('http-proxy');

/** @fastify/reply-from on a fastify with nothing else in it. */
export const replyFrom = proxy('reply-from');

const haproxySettings = (functionPort: number): string => `global
  nbthread 1
  maxconn 4000
defaults
  mode http
  http-reuse always
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen bench
  bind "127.0.0.1:\${proxy_port}"
  server function 127.0.0.1:${functionPort}
`;

/**
 * HAProxy with one thread before the same function, connections to which it keeps: the proxy that operators know.
 * @returns undefined where it is not installed
 */
export async function haproxy(lab: Lab): Promise<Subject | undefined> {
  const { failed } = await execa('haproxy', ['-v'], { reject: false, cancelSignal: lab.signal });
  if (failed) return undefined;
  const served = await direct(lab);
  const file = join(await lab.makeFolder(), 'haproxy.cfg');
  await writeFile(file, haproxySettings(served.port));
  const words = below(['haproxy', '-db', '-q', '-f', file], served);
  return subjectOf('HAProxy', words, 'proxy_port', { environment: served.environment });
}

const FUNCTIONS_FRAMEWORK = fileURLToPath(
  new URL('main.js', import.meta.resolve('@google-cloud/functions-framework')),
);

/** functions-framework with the handler of the templates. */
export async function functionsFramework(lab: Lab): Promise<Subject> {
  const handler =
    "exports.hello = (request, response) => response.json({ message: `Hello, ${request.body?.name ?? 'world'}!` });";
  const source = await lab.makeFolder();
  await writeFile(join(source, 'index.js'), handler);
  const words = [process.execPath, FUNCTIONS_FRAMEWORK, '--target=hello', `--source=${source}`];
  return subjectOf('functions-framework', words, 'PORT', { environment: { NODE_ENV: 'production' } });
}
