import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { execa } from 'execa';
import { parseDockerfile } from '../../build/dockerfile/parse.ts';
import { readStages } from '../../build/dockerfile/stages.ts';
import { findFreePort } from '../../common/free-port.ts';
import { compile } from '../templates/install.ts';
import { FIXTURES, Project, ROOT } from './project.ts';
import { until, within } from '../support/wait.ts';

/** The handlers for functions of templates; without one a function keeps the template's own. */
const HANDLERS: Readonly<Record<string, { from: string; to: string } | undefined>> = {
  node22: { from: 'handler.js', to: 'handler.js' },
  node24: { from: 'handler.js', to: 'handler.js' },
  node26: { from: 'handler.js', to: 'handler.js' },
  'ts-http': { from: 'ts-http.ts', to: 'handler.ts' },
  'ts-web': { from: 'ts-web.ts', to: 'handler.ts' },
  'ts-fork': { from: 'ts-fork.ts', to: 'handler.ts' },
  dockerfile: undefined,
};

const LARGE = Buffer.alloc(5 << 20, 'x');
const BINARY = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

function multipart(): FormData {
  const form = new FormData();
  form.set('field', 'value');
  form.set('file', new Blob([BINARY]), 'file.bin');
  return form;
}

interface Body {
  readonly what: string;
  readonly body: string | Buffer | FormData | URLSearchParams;
  readonly type?: string;
  /** The body as handlers of the Node contract get it, and as ts-web reads it. */
  readonly node: string;
  readonly web: string;
}

const BODIES: readonly Body[] = [
  { what: 'JSON', body: '{"a":1}', type: 'application/json', node: 'object', web: 'none' },
  { what: 'a form', body: new URLSearchParams({ field: 'value' }), node: 'object', web: 'value' },
  { what: 'multipart', body: multipart(), node: 'bytes', web: 'value' },
  { what: 'text', body: 'some text', type: 'text/plain', node: 'string', web: 'none' },
  { what: 'binary', body: BINARY, type: 'application/octet-stream', node: 'bytes', web: 'none' },
  { what: '5 MB', body: LARGE, type: 'application/octet-stream', node: 'bytes', web: 'none' },
];

test('every template leads from an empty folder to an answer', { timeout: 110_000 }, async (t) => {
  const project = await Project.create(t);
  const names = Object.keys(HANDLERS).map((template) => template.replace('node', 'js-'));
  for (const [index, template] of Object.keys(HANDLERS).entries()) {
    const more = index === 0 ? [] : ['--append', 'stack.yaml'];
    const name = names[index] ?? '';
    const made = await project.ofkit(['new', name, '--lang', template, '--quiet', ...more]);
    assert.equal(made.status, 0, made.stderr);
    const handler = HANDLERS[template];
    if (!handler) continue;
    await copyFile(join(FIXTURES, 'catalogue', handler.from), project.path(name, handler.to));
    await removeSample(project.path(name));
  }
  const built = await project.ofkit(['build', '--shrinkwrap', '--json']);
  assert.deepEqual(
    JSON.parse(built.stdout),
    names.map((name) => ({ name, context: `build/${name}` })),
    built.stderr,
  );
  for (const [index, template] of Object.keys(HANDLERS).entries()) {
    await t.test(template, async (t) => {
      const url = await startContext(t, project, names[index] ?? '');
      await callTemplate(template, url, project);
    });
  }
});

/** The sample's test would not know the handler. */
async function removeSample(folder: string): Promise<void> {
  for (const sample of ['handler.test.js', 'handler.test.ts'])
    await rm(join(folder, sample), { force: true });
}

/** Starts the watchdog in a build context as the image would: its packages, its compiler, the ENV of its last stage. */
async function startContext(t: TestContext, project: Project, name: string): Promise<string> {
  const folder = project.path('build', name);
  const stages = readStages(parseDockerfile(await project.read(`build/${name}/Dockerfile`)));
  const { variables = {} } = stages.at(-1) ?? {};
  // It lies in the template's function/ as well, and so in the context: the Dockerfile drops it there.
  await removeSample(join(folder, 'function'));
  if (variables['mode'] === 'http' || name === 'ts-fork') await compile(folder);
  const functionPort = String(await findFreePort());
  const child = execa(process.execPath, [join(ROOT, 'dist/fwatchdog.js')], {
    cwd: folder,
    env: {
      ...variables,
      port: '0',
      metrics_port: '0',
      healthcheck_interval: '0s',
      suppress_lock: 'true',
      MAX_BODY_SIZE: '6mb',
      http_port: functionPort,
      upstream_url: `http://127.0.0.1:${functionPort}`,
    },
    stdin: 'ignore',
    reject: false,
  });
  t.after(async () => {
    child.kill('SIGTERM');
    assert.equal((await within(Promise.resolve(child), 'the end of the watchdog')).exitCode, 0);
  });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => (told += String(chunk)));
  return until(async () => {
    if (child.exitCode !== null) throw new Error(told);
    const port = /Listening on port: (\d+)/.exec(told)?.[1];
    const ready = port !== undefined && (await fetch(`http://127.0.0.1:${port}/_/ready`)).status === 200;
    return ready ? `http://127.0.0.1:${port}` : undefined;
  }, `the watchdog of ${name} to be ready`);
}

async function callTemplate(template: string, url: string, project: Project): Promise<void> {
  const echoes = template === 'ts-fork' || template === 'dockerfile';
  const got = await fetch(url);
  assert.equal(got.status, 200);
  const text = await got.text();
  if (echoes) assert.equal(text, '');
  else assert.match(`${got.headers.get('content-type')} ${text}`, /^application\/json\b.* \{.*"bytes":0\}$/);
  for (const { what, body, type, node, web } of BODIES) {
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const sent = new Request(url, { method: 'POST', body, headers });
    const bytes = Buffer.from(await sent.clone().arrayBuffer());
    const response = await fetch(sent);
    assert.equal(response.status, 200, what);
    if (echoes) {
      assert.ok(Buffer.from(await response.arrayBuffer()).equals(bytes), what);
    } else {
      const kind = template === 'ts-web' ? web : node;
      assert.deepEqual(await response.json(), { method: 'POST', kind, bytes: bytes.length }, what);
    }
  }
  if (template !== 'dockerfile') assert.equal((await fetch(`${url}/throw`)).status, 500);
  await (echoes ? streamsBack(url) : streams(url, project.path(`${template}-go`), project));
}

/** The first part of the answer comes before the second is made. */
async function streams(url: string, file: string, project: Project): Promise<void> {
  const asked = request(`${url}/stream?file=${encodeURIComponent(file)}`, { agent: false }).end();
  const [response] = (await once(asked, 'response')) as [Readable];
  const [first] = (await once(response, 'data')) as [Buffer];
  response.pause(); // what comes before the rest is asked for must not be lost
  assert.equal(first.toString(), 'one ');
  await project.write(file.slice(project.folder.length + 1), '');
  assert.equal(await readText(response), 'two');
}

/** Checks that bytes come back before the request ends. */
async function streamsBack(url: string): Promise<void> {
  const asked = request(url, { method: 'POST', agent: false });
  asked.write('one ');
  const [response] = (await once(asked, 'response')) as [Readable];
  const [first] = (await once(response, 'data')) as [Buffer];
  response.pause(); // what comes before the rest is asked for must not be lost
  assert.equal(first.toString(), 'one ');
  asked.end('two');
  assert.equal(await readText(response), 'two');
}
