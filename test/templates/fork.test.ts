import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { NODE, soon } from './host.ts';
import { makeCompiled } from './install.ts';

const HANDLER = `import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ForkHandler, ForkRequest } from './openfaas.d.ts';

const handler: ForkHandler = async (stdin: Readable, request: ForkRequest) => {
  switch (request.path) {
    case '/request': return { ...request, query: [...request.query], body: await text(stdin) };
    case '/text': return 'hé';
    case '/bytes': return Buffer.from([0, 255]);
    case '/nothing': return undefined;
    case '/stream': return stdin;
    case '/unread': return stdin.once('data', () => undefined) && 'not read';
    case '/endless': return endless();
    case '/late': return late();
  }
  throw new Error('no such path: ' + request.path);
};

async function* endless() {
  for (;;) yield 'y'.repeat(1000);
}

async function* late() {
  yield 'some';
  throw new Error('late');
}

export default handler;
`;

const LINE_OF_THROW = HANDLER.split('\n').findIndex((line) => line.includes('no such path')) + 1;

test('ts-fork: a process per request', async (t) => {
  const folder = await makeCompiled(t, 'ts-fork', { 'handler.ts': HANDLER, 'handler.test.ts': '' });

  const run = (
    t: TestContext,
    path: string,
    env: Record<string, string> = {},
  ): ChildProcessWithoutNullStreams => {
    const variables = { PATH: process.env.PATH, Http_Method: 'POST', Http_Path: path, ...env };
    const child = spawn(NODE, ['index.js'], { cwd: folder, env: variables });
    t.after(() => child.kill('SIGKILL'));
    child.stdin.on('error', () => undefined); // the process may end without reading
    return child;
  };
  const call = async (
    t: TestContext,
    path: string,
    body: string | Buffer = '',
    env: Record<string, string> = {},
  ) => {
    const child = run(t, path, env);
    const closed = once(child, 'close', soon());
    child.stdin.end(body);
    const [stdout, stderr] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
    const [code] = (await closed) as [number];
    return { code, stdout, stderr: stderr.toString() };
  };

  await t.test('the request is in the environment, its body on stdin', async (t) => {
    const env = { Http_Query: 'a=1&a=x+y', Http_Content_Type: 'text/plain', Http_X_Call_Id: '7' };
    const { code, stdout } = await call(t, '/request', 'hé', env);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout.toString()), {
      method: 'POST',
      path: '/request',
      query: [['a', '1'], ['a', 'x y']], // prettier-ignore
      headers: { 'content-type': 'text/plain', 'x-call-id': '7' },
      body: 'hé',
    });
  });

  await t.test('text, bytes, nothing and 5 MB through a stream', async (t) => {
    assert.equal((await call(t, '/text')).stdout.toString(), 'hé');
    assert.deepEqual((await call(t, '/bytes')).stdout, Buffer.from([0, 255]));
    assert.deepEqual(await call(t, '/nothing'), { code: 0, stdout: Buffer.alloc(0), stderr: '' });
    const large = randomBytes(5 << 20);
    assert.ok((await call(t, '/stream', large)).stdout.equals(large));
  });

  await t.test('bytes go out while others still come in', async (t) => {
    const child = run(t, '/stream');
    child.stdin.write('one');
    assert.equal(String((await once(child.stdout, 'data', soon()))[0]), 'one');
    child.stdin.end();
    assert.deepEqual(await once(child, 'exit', soon()), [0, null]);
  });

  await t.test('a process that does not read its body ends all the same', async (t) => {
    const child = run(t, '/unread');
    child.stdin.write('never ended');
    assert.deepEqual(await once(child, 'exit', soon()), [0, null]);
  });

  await t.test('an error is a status other than 0, and names the .ts line on stderr', async (t) => {
    const thrown = await call(t, '/no');
    assert.equal(thrown.code, 1);
    assert.match(thrown.stderr, /^Error: no such path: \/no\n/);
    assert.ok(thrown.stderr.includes(`function/handler.ts:${LINE_OF_THROW}:`), thrown.stderr);
    const late = await call(t, '/late');
    assert.deepEqual([late.code, late.stdout.toString()], [1, 'some']);
  });

  await t.test('a reader that goes away ends the process', async (t) => {
    const child = run(t, '/endless');
    await once(child.stdout, 'data', soon());
    const errors = buffer(child.stderr);
    child.stdout.destroy();
    const [code, signal] = (await once(child, 'exit', soon())) as [number | null, string | null];
    assert.ok(code === 1 || signal === 'SIGPIPE');
    assert.equal((await errors).toString(), '');
  });
});
