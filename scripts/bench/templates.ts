import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { join as joinWords } from 'shlex';
import { bundleScript, ROOT, WATCHDOG } from '../sample/bundle.ts';
import { findFreePort } from '../sample/port.ts';
import type { Comparison } from './comparison.ts';
import type { Mark } from './marks.ts';
import type { Group, Subject } from './subjects.ts';

/**
 * The scenario of the templates: the same handler on a bare node:http server and in each template, called directly and
 * behind the watchdog.
 */

/** What an adapter may cost: it answers at least this part of what the bare server does in the same processor time. */
const LEAST_OF_BARE = 0.85;

export const TEMPLATE_CONNECTIONS = [50];

const GREET = '({ message: `Hello, ${body?.name ?? "world"}!` })';
const EVENT_HANDLER = `async ({ body }) => ${GREET}`;
const WEB_HANDLER = `async (request) => {
  const body = request.method === 'POST' ? await request.json() : undefined;
  return Response.json(${GREET});
}`;

/** The compiled handler of each template that is measured: node22 and node26 have the source of node24. */
const HANDLERS = [
  { name: 'node24', file: 'function/handler.js', text: `module.exports = ${EVENT_HANDLER};` },
  { name: 'ts-http', file: 'function/dist/handler.js', text: `export default ${EVENT_HANDLER};` },
  { name: 'ts-web', file: 'function/dist/handler.js', text: `export default ${WEB_HANDLER};` },
] as const;

const GET = { method: 'GET' } as const;
const POST_JSON = { method: 'POST', body: '{"name":"Ada"}', type: 'application/json' } as const;

/** A server that listens where http_port says. */
interface Program {
  readonly name: string;
  readonly file: string;
}

/** @param folder an empty one, which the caller removes */
export async function templateGroups(folder: string): Promise<Group[]> {
  const bare = { name: 'bare', file: await bundleScript('bench/bare-server.ts', 'bench/bare-server.js') };
  const programs = [bare, ...(await Promise.all(HANDLERS.map((handler) => install(handler, folder))))];
  const group = async (
    title: string,
    request: Group['request'],
    start: (program: Program) => Promise<Subject>,
  ): Promise<Group> => {
    return { title, request, subjects: await Promise.all(programs.map(start)), standingFunction: true };
  };
  return [
    await group('templates beside a bare server with the same handler (GET)', GET, direct),
    await group('templates beside a bare server with the same handler (POST of JSON)', POST_JSON, direct),
    await group('the same behind http mode (POST of JSON)', POST_JSON, (program) =>
      behindWatchdog(program, folder),
    ),
  ];
}

/** The template with the handler in it, as its image has it. */
async function install(handler: (typeof HANDLERS)[number], folder: string): Promise<Program> {
  const { name, file, text } = handler;
  const target = await mkdtemp(join(folder, `${name}-`));
  await cp(fileURLToPath(new URL(`templates/${name}`, ROOT)), target, { recursive: true });
  await mkdir(dirname(join(target, file)), { recursive: true });
  await writeFile(join(target, file), text);
  if (name === 'ts-web') await execa('npm', ['ci', '--no-audit', '--no-fund'], { cwd: target });
  return { name, file: join(target, 'index.js') };
}

async function direct({ name, file }: Program): Promise<Subject> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}/`;
  const words = [process.execPath, file] as const;
  return { command: { name, words, environment: { http_port: `${port}` } }, url, readyUrl: url };
}

async function behindWatchdog({ name, file }: Program, folder: string): Promise<Subject> {
  const [port, functionPort] = [await findFreePort(), await findFreePort()];
  const environment = {
    mode: 'http',
    port: `${port}`,
    metrics_port: `${await findFreePort()}`,
    healthcheck_interval: '0s',
    TMPDIR: await mkdtemp(join(folder, 'watchdog-')),
    fprocess: joinWords([process.execPath, file]),
    http_port: `${functionPort}`,
    upstream_url: `http://127.0.0.1:${functionPort}`,
  };
  const url = `http://127.0.0.1:${port}/`;
  const command = { name: `${name} +`, words: [process.execPath, WATCHDOG], environment } as const;
  return { command, url, readyUrl: `${url}_/ready` };
}

/** Processor time is what is judged: it tells the rate of a server with a core to itself on a busy machine too. */
export function judgeTemplates(comparisons: readonly Comparison[]): Mark[] {
  return comparisons.flatMap(({ title, rows }) =>
    rows
      .filter(({ server }) => HANDLERS.some(({ name }) => name === server))
      .map(({ server, ratios, failures }) => {
        const ofBare = 1 / ratios.cpu.median;
        return {
          what: `${server}, ${title.slice(title.indexOf('('))}`,
          wanted: `at least ${LEAST_OF_BARE} of the bare server for the same processor time, no request failed`,
          seen: `${ofBare.toFixed(2)}, ${failures} failed`,
          met: ofBare >= LEAST_OF_BARE && failures === 0,
        };
      }),
  );
}
