import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { soon, start, TEMPLATES } from './host.ts';
import { makeCompiled } from './install.ts';

const HANDLER = `import { Readable } from 'node:stream';
import type { WebContext, WebHandler } from './openfaas.d.ts';

const handler: WebHandler = async (request: Request, context: WebContext) => {
  const { pathname, searchParams } = new URL(request.url);
  switch (pathname) {
    case '/json':
      return Response.json({ got: await request.json(), query: searchParams.get('q') });
    case '/form':
      return Response.json([...(await request.formData())].map(([name, value]) => [name, typeof value === 'string' ? value : value.size]));
    case '/text':
      return new Response(await request.text());
    case '/bytes':
      return new Response(await request.bytes(), { headers: { 'x-type': request.headers.get('content-type') ?? '' } });
    case '/echo':
      return new Response(request.body);
    case '/ignores':
      return new Response('not read');
    case '/headers':
      return new Response(null, { status: 204, headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['x-id', context.callId ?? 'none']] });
    case '/redirect':
      return Response.redirect('https://example.com/', 303);
    case '/throws':
      throw new TypeError('boom');
    case '/nothing':
      return undefined as unknown as Response;
    case '/bytes-made':
      return new Response(new Uint8Array([0, 255]), { status: 201 });
    case '/impossible':
      return new Response('text', { headers: { 'x-a': 'a\\u0001' } });
    case '/fetched':
      return fetch(\`http://\${request.headers.get('host')}/text\`, { method: 'POST', body: 'through' });
    case '/breaks':
      return new Response(Readable.toWeb(Readable.from(breaking())));
    case '/endless':
      return new Response(new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(1024)),
        cancel: () => console.error('cancelled'),
      }));
    case '/waits':
      console.error('waiting');
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      console.error('aborted: ' + (request.signal.aborted && context.signal.aborted));
      throw context.signal.reason;
    default:
      return new Response(request.method, { status: 418, headers: { 'content-type': 'text/tea' } });
  }
};

async function* breaking() {
  yield Buffer.from('some');
  await new Promise(setImmediate);
  throw new Error('broken');
}

export default handler;
`;

const LINE_OF_THROW = HANDLER.split('\n').findIndex((line) => line.includes("TypeError('boom')")) + 1;

test('ts-web: a web-standard handler', async (t) => {
  const host = await start(
    t,
    await makeCompiled(t, 'ts-web', { 'handler.ts': HANDLER, 'handler.test.ts': '' }),
  );
  const post = (path: string, body: string | Buffer, type = 'text/plain') =>
    host.call({ method: 'POST', path, body, headers: { 'content-type': type } });

  await t.test('bodies: JSON, form, multipart, text, 5 MB of bytes', async () => {
    const json = await post('/json?q=1', '{"a":1}', 'application/json');
    assert.deepEqual([json.status, json.text], [200, '{"got":{"a":1},"query":"1"}']);
    assert.equal(json.headers['content-type'], 'application/json');
    const form = await post('/form', 'a=1&b=x+y', 'application/x-www-form-urlencoded');
    assert.equal(form.text, '[["a","1"],["b","x y"]]');
    const part = 'content-disposition: form-data; name="f"; filename="f.bin"';
    const multipart = await post(
      '/form',
      `--b\r\n${part}\r\n\r\n12345\r\n--b--\r\n`,
      'multipart/form-data; boundary=b',
    );
    assert.equal(multipart.text, '[["f",5]]');
    assert.equal((await post('/text', 'hé')).text, 'hé');
    const large = randomBytes(5 << 20);
    const bytes = await post('/bytes', large, 'application/octet-stream');
    assert.ok(bytes.body.equals(large));
    assert.equal(bytes.headers['x-type'], 'application/octet-stream');
    assert.ok((await post('/echo', large)).body.equals(large));
    const kept = { connection: 'keep-alive' }; // else Node closes on a client that still sends
    const ignored = await host.call({ method: 'POST', path: '/ignores', body: large, headers: kept });
    assert.equal(ignored.text, 'not read');
  });

  await t.test('responses: status, headers, cookies, redirects, none', async () => {
    const plain = await host.call({ method: 'PUT' });
    assert.deepEqual([plain.status, plain.text, plain.headers['content-type']], [418, 'PUT', 'text/tea']);
    const made = await host.call({ path: '/bytes-made' });
    assert.deepEqual([made.status, [...made.body], made.headers['content-length']], [201, [0, 255], '2']);
    const head = await host.call({ method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [418, '']);
    const empty = await host.call({ path: '/headers', headers: { 'x-call-id': 'abc' } });
    assert.deepEqual(
      [empty.status, empty.headers['set-cookie'], empty.headers['x-id']],
      [204, ['a=1', 'b=2'], 'abc'],
    );
    const moved = await host.call({ path: '/redirect' });
    assert.deepEqual([moved.status, moved.headers.location], [303, 'https://example.com/']);
    const fetched = await host.call({ path: '/fetched', headers: { host: `127.0.0.1:${host.port}` } });
    assert.equal(fetched.text, 'through');
  });

  await t.test('errors: 500 with the .ts line in the log, a broken stream breaks the response', async () => {
    const thrown = await host.call({ path: '/throws' });
    assert.deepEqual([thrown.status, thrown.text], [500, 'TypeError: boom']);
    await host.logged(`function/handler.ts:${LINE_OF_THROW}:`);
    const nothing = await host.call({ path: '/nothing' });
    assert.deepEqual(
      [nothing.status, nothing.text],
      [500, 'TypeError: the handler returned undefined, not a Response'],
    );
    const impossible = await host.call({ path: '/impossible' });
    assert.deepEqual([impossible.status, impossible.reason], [500, 'Internal Server Error']);
    assert.match(impossible.text, /^TypeError.*Invalid character in header content \["x-a"\]/);
    const broken = await host.call({ path: '/breaks' });
    assert.deepEqual([broken.status, broken.complete], [200, false]);
    assert.equal((await host.call({ method: 'POST' })).status, 418, 'the process goes on');
  });

  await t.test('streams both ways at once', async () => {
    const asked = host.open({ path: '/echo', method: 'POST' });
    asked.write('one');
    const [response] = (await once(asked, 'response', soon())) as [IncomingMessage];
    assert.equal(String((await once(response, 'data', soon()))[0]), 'one');
    asked.write('two');
    assert.equal(String((await once(response, 'data', soon()))[0]), 'two');
    asked.end();
    await once(response, 'end', soon());
  });

  await t.test('a client that leaves cancels the stream and aborts the signal', async () => {
    const endless = host.open({ path: '/endless' }).end();
    const [response] = (await once(endless, 'response', soon())) as [IncomingMessage];
    response.on('error', () => undefined);
    await once(response, 'data', soon());
    endless.destroy();
    await host.logged('cancelled');
    const waits = host.open({ path: '/waits' }).end();
    await host.logged('waiting');
    waits.destroy();
    await host.logged('aborted: true');
    await host.call();
    assert.match(host.stderr, /aborted: true\n$/, 'what ends with it is no error');
  });
});

const APPS: Readonly<Record<string, string>> = {
  'an object with fetch': `export default {
    greeting: 'Hello',
    fetch(request: Request): Response { return new Response(\`\${this.greeting}, \${new URL(request.url).pathname.slice(1)}\`); },
  };`,
  Hono: `import { Hono } from 'hono';
  const app = new Hono();
  app.get('/:name', (c) => c.text(\`Hello, \${c.req.param('name')}\`));
  export default app;`,
  'itty-router': `import { AutoRouter, type IRequest } from 'itty-router';
  const router = AutoRouter();
  router.get('/:name', ({ params }: IRequest) => new Response(\`Hello, \${params.name}\`));
  export default router;`,
};

test('ts-web: an app of a router is served as it is', async (t) => {
  const manifest = JSON.parse(
    await readFile(join(TEMPLATES, 'ts-web/function/package.json'), 'utf8'),
  ) as object;
  const dependencies = { hono: '4.13.19', 'itty-router': '6.0.0' };
  const withRouters = JSON.stringify({ ...manifest, dependencies });
  for (const [name, text] of Object.entries(APPS)) {
    await t.test(name, async (t) => {
      const files = { 'package.json': withRouters, 'handler.ts': text, 'handler.test.ts': '' };
      const host = await start(t, await makeCompiled(t, 'ts-web', files));
      const answer = await host.call({ path: '/Ada' });
      assert.deepEqual([answer.status, answer.text], [200, 'Hello, Ada']);
      assert.equal(
        (await host.call({ path: '/no/such/path' })).status,
        name === 'an object with fetch' ? 200 : 404,
      );
    });
  }
});
