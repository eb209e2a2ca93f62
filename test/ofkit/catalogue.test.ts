import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { FIXTURES, Project } from './project.ts';
import type { Running } from './running.ts';

/** Which handler a function of a template gets; none for the template's own. */
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
  /** What the Node contract makes of it, and what ts-web reads of it. */
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
    // The sample's test would not know the handler.
    for (const sample of ['handler.test.js', 'handler.test.ts'])
      await rm(project.path(name, sample), { force: true });
  }
  const built = await project.ofkit(['build', '--shrinkwrap', '--json']);
  assert.deepEqual(
    JSON.parse(built.stdout),
    names.map((name) => ({ name, context: `build/${name}` })),
    built.stderr,
  );
  const running = project.start(['up', '--json', '-p', '0', '-e', 'MAX_BODY_SIZE=6mb']);
  for (const [index, template] of Object.keys(HANDLERS).entries()) {
    const name = names[index] ?? '';
    await running.until('ready', (event) => event.function === name);
    await t.test(template, (t) => callTemplate(t.name, running, name, project));
  }
  assert.equal((await running.interrupt()).status, 0);
});

async function callTemplate(
  template: string,
  running: Running,
  name: string,
  project: Project,
): Promise<void> {
  const { url = '' } = await running.until('ready', (event) => event.function === name);
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
  await (echoes ? streamsBack(url) : streams(url, project.path(`${name}-go`), project));
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

/** What is sent comes back before the request ends. */
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
