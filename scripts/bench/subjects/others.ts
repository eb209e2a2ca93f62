import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { findFreePort } from '../../../common/free-port.ts';
import { FUNCTIONS_FRAMEWORK, type Lab, type Programs } from '../lab.ts';
import { subjectOf, type Subject } from './subject.ts';

/** What ours are measured against. */

/** The bench's function, started by nobody but the bench. */
export function direct(lab: Lab): Promise<Subject> {
  const words = [process.execPath, lab.programs.function] as const;
  return subjectOf({ name: 'direct', words, portSetting: 'function_port' });
}

/** A proxy before what `behind` is: the bench's function where it is not given. */
async function proxy(
  lab: Lab,
  name: string,
  program: keyof Programs,
  behind = direct(lab),
  base = '',
): Promise<Subject> {
  const { command, url } = await behind;
  const words = [process.execPath, lab.programs[program]] as const;
  const told = { function_command: JSON.stringify(command.words), function_url: url.slice(0, -1), base };
  const environment = { ...command.environment, ...told };
  return subjectOf({ name, words, portSetting: 'proxy_port', environment, base });
}

/** http-proxy before the same function, with nothing else in it. */
export function httpProxy(lab: Lab, behind?: Promise<Subject>, base?: string): Promise<Subject> {
  return proxy(lab, 'http-proxy', 'http-proxy-server', behind, base);
}

/** @fastify/reply-from before the same function, on a fastify with nothing else in it. */
export function replyFrom(lab: Lab, behind?: Promise<Subject>, base?: string): Promise<Subject> {
  return proxy(lab, 'reply-from', 'reply-from-server', behind, base);
}

/**
 * HAProxy with one thread before the same function, connections to which it keeps: the proxy that operators know.
 * @returns undefined where it is not installed
 */
export async function haproxy(lab: Lab): Promise<Subject | undefined> {
  const { failed } = await execa('haproxy', ['-v'], { reject: false, cancelSignal: lab.signal });
  if (failed) return undefined;
  const port = await findFreePort();
  const config = join(await mkdtemp(join(lab.folder, 'haproxy-')), 'haproxy.cfg');
  await writeFile(
    config,
    `global
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
  server function 127.0.0.1:${port}
`,
  );
  const start = `"$0" "$1" & exec haproxy -db -q -f "$2"`;
  const words = ['/bin/sh', '-c', start, process.execPath, lab.programs.function, config] as const;
  return subjectOf({
    name: 'HAProxy',
    words,
    portSetting: 'proxy_port',
    environment: { function_port: `${port}` },
  });
}

/** node:http with a `cat` of its own for each request. */
export function spawning(lab: Lab): Promise<Subject> {
  const words = [process.execPath, lab.programs['spawn-server']] as const;
  return subjectOf({ name: 'node spawn', words, portSetting: 'port' });
}

/** functions-framework with the handler of the templates' scenario. */
export async function functionsFramework(lab: Lab): Promise<Subject> {
  const source = await mkdtemp(join(lab.folder, 'functions-framework-'));
  const handler =
    "exports.hello = (request, response) => response.json({ message: `Hello, ${request.body?.name ?? 'world'}!` });";
  await writeFile(join(source, 'index.js'), handler);
  const words = [process.execPath, FUNCTIONS_FRAMEWORK, '--target=hello', `--source=${source}`] as const;
  const environment = { NODE_ENV: 'production' };
  return subjectOf({ name: 'functions-framework', words, portSetting: 'PORT', environment });
}
