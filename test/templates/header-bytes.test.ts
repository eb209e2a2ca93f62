import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { IDLE } from '../support/command.ts';
import { startWatchdog } from '../support/watchdog.ts';
import { FIXTURES, Host, INPROC, start, startFunction, type Answer } from './host.ts';
import { makeCompiled } from './install.ts';

const PATHS = ['/string', '/empty-string', '/object', '/buffer', '/stream', '/strings', '/nothing'];

const WEB = `const headers = { 'content-disposition': 'attachment; filename="é.txt"', 'x-many': 'ü, \\u0080\\u00ff' };
const forms: Readonly<Record<string, () => Response>> = {
  '/string': () => new Response('text é', { headers }),
  '/empty-string': () => new Response('', { headers }),
  '/object': () => Response.json({ é: 1 }, { headers }),
  '/buffer': () => new Response(Buffer.from('é'), { headers }),
  '/stream': () => new Response(new Blob(['é']).stream(), { headers }),
  '/strings': () => new Response(ReadableStream.from(['é', 'è']) as ReadableStream, { headers }),
  '/nothing': () => new Response(null, { headers }),
  '/sized': () => new Response('é', { headers: [['content-length', '2'], ...Object.entries(headers)] }),
  '/sized-stream': () => new Response(new Blob(['é']).stream(), { headers: [['content-length', '2'], ...Object.entries(headers)] }),
  '/empty-type': () => new Response('x', { headers: { 'content-type': '' } }),
  '/empty-type-of-bytes': () => new Response(new Uint8Array(1), { headers: { 'content-type': '' } }),
  '/short-type': () => new Response('{}', { headers: { 'content-type': 'json' } }),
  '/short-type-of-stream': () => new Response(new Blob(['a']).stream(), { headers: { 'content-type': '.css' } }),
  '/whole-type': () => new Response('x', { headers: { 'content-type': 'text/html' } }),
};
export default (request: Request) => (forms[new URL(request.url).pathname] ?? (() => new Response()))();
`;

/** Node reads a header's value as Latin-1, so UTF-8 would arrive as two characters. */
function assertLatin1(answer: Answer, path: string): void {
  assert.equal(answer.status, 200, path);
  assert.equal(answer.headers['content-disposition'], 'attachment; filename="é.txt"', path);
  assert.equal(answer.headers['x-many'], 'ü, \u0080\u00ff', path);
  if (path === '/string') assert.equal(answer.text, 'text é');
  if (path === '/object') assert.equal(answer.text, '{"é":1}');
}

async function assertAll(host: Host): Promise<void> {
  for (const method of ['GET', 'HEAD']) {
    for (const path of PATHS) {
      const answer = await host.call({ method, path });
      if (method === 'GET') assertLatin1(answer, path);
      else assert.equal(answer.headers['content-disposition'], 'attachment; filename="é.txt"', path);
    }
  }
}

async function startMarked(t: TestContext): Promise<Host> {
  return startFunction(t, 'node24', {
    'handler.js': await readFile(join(FIXTURES, 'marked.cjs'), 'utf8'),
  });
}

test('a header beyond ASCII leaves byte for byte, whatever the body is', async (t) => {
  await assertAll(await startMarked(t));
});

test('ts-http: a header beyond ASCII leaves byte for byte', async (t) => {
  const text = `// @ts-nocheck\n${await readFile(join(FIXTURES, 'marked.cjs'), 'utf8')}`
    .replace("const { Readable } = require('node:stream');", "import { Readable } from 'node:stream';")
    .replace('module.exports =', 'export default');
  await assertAll(
    await start(t, await makeCompiled(t, 'ts-http', { 'handler.ts': text, 'handler.test.ts': '' })),
  );
});

test('ts-web: headers leave byte for byte, and a content type that is none is completed', async (t) => {
  const files = { 'handler.ts': WEB, 'handler.test.ts': '' };
  const host = await start(t, await makeCompiled(t, 'ts-web', files));
  await assertAll(host);
  for (const path of ['/sized', '/sized-stream']) assertLatin1(await host.call({ path }), path);
  const typeOf = async (path: string) => (await host.call({ path })).headers['content-type'];
  assert.equal(await typeOf('/empty-type'), 'text/plain;charset=UTF-8');
  assert.equal(await typeOf('/empty-type-of-bytes'), undefined);
  assert.equal(await typeOf('/short-type'), 'application/json; charset=utf-8');
  assert.equal(await typeOf('/short-type-of-stream'), 'text/css; charset=utf-8');
  assert.equal(await typeOf('/whole-type'), 'text/html');
});

for (const fastPath of ['true', 'false']) {
  const skip = INPROC && 'there is no hop in between';
  test(`the watchdog passes such a header on, with fast_path=${fastPath}`, { skip }, async (t) => {
    const behind = await startMarked(t);
    const upstream_url = `http://127.0.0.1:${behind.port}`;
    const variables = { mode: 'http', fprocess: IDLE, fast_path: fastPath, upstream_url };
    const { port } = await startWatchdog(t, variables);
    await assertAll(new Host(behind.process, port, () => behind.stderr));
  });
}
