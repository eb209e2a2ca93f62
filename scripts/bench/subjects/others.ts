import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '../../sample/port.ts';
import type { Lab } from '../lab.ts';
import { FUNCTIONS_FRAMEWORK, type Programs } from './programs.ts';
import { subjectOf, type Subject } from './subject.ts';

/** The servers that the watchdog is compared with. */

/** The bench's function, started by the bench alone. */
export function direct(lab: Lab): Promise<Subject> {
  const words = [process.execPath, lab.programs['function-server']] as const;
  return subjectOf({ name: 'direct', words, portSetting: 'function_port' });
}

async function proxy(lab: Lab, name: string, program: keyof Programs): Promise<Subject> {
  const words = [process.execPath, lab.programs[program]] as const;
  const environment = {
    function_file: lab.programs['function-server'],
    function_port: `${await findFreePort()}`,
  };
  return subjectOf({ name, words, portSetting: 'port', environment });
}

/** http-proxy before the same function, and nothing else. */
export const httpProxy = (lab: Lab): Promise<Subject> => proxy(lab, 'http-proxy', 'http-proxy-server');

/** @fastify/reply-from before the same function, on a fastify with nothing else. */
export const replyFrom = (lab: Lab): Promise<Subject> => proxy(lab, 'reply-from', 'reply-from-server');

/** A relay of bytes from socket to socket. */
export const relay = (lab: Lab): Promise<Subject> => proxy(lab, 'blind relay', 'relay-server');

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
