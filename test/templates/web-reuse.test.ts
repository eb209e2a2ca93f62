import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { start, type Host } from './host.ts';
import { makeCompiled } from './install.ts';

/** A handler that passes requests and answers on, and returns an answer again. */
const HANDLER = `const ORIGIN = process.env.ORIGIN ?? '';
const found = new Response('found', { status: 404, headers: { 'x-a': 'é' } });
const bytes = new Response(new Uint8Array([1, 2]));
const streamed = new Response(new Blob(['once']).stream());
const number = { 'x-n': 5, 'content-length': 1 } as unknown as Record<string, string>;

const answers: Readonly<Record<string, (request: Request) => Promise<Response> | Response>> = {
  '/origin': (request) => fetch(ORIGIN + '/' + (new URL(request.url).search.slice(1) || 'plain')),
  '/wrapped': async (request) => {
    const response = await fetch(ORIGIN + '/' + new URL(request.url).search.slice(1));
    return new Response(response.body, response);
  },
  '/request': async (request) => {
    const changed = new Request(request, { headers: { 'x-b': '1' } });
    return Response.json([changed instanceof Request, changed.method, changed.headers.get('x-b'), await changed.text()]);
  },
  '/other-url': (request) => fetch(new Request(ORIGIN + '/echo', request)),
  '/self': async (request) => {
    if (request.headers.has('x-again')) return new Response('again: ' + (await request.text()));
    return fetch(request, { headers: { 'x-again': '1' } });
  },
  '/found': () => found,
  '/thrown': () => {
    throw new Response('thrown', { status: 404 });
  },
  '/rejected': () => Promise.reject(new Response('thrown', { status: 404 })),
  '/bytes': () => bytes,
  '/streamed': () => streamed,
  '/number': () => new Response('text', { headers: number }),
  '/number-of-stream': () => new Response(new Blob(['text']).stream(), { headers: { ...number, 'content-length': '4' } }),
  '/too-long': () => new Response(new Blob(['text']).stream(), { headers: { 'content-length': '1' } }),
  '/too-short': () => new Response(new Blob(['text']).stream(), { headers: { 'content-length': '9' } }),
  '/read': async () => {
    const response = new Response('text');
    await response.text();
    return response;
  },
  '/status': (request) => new Response('text', { status: Number(new URL(request.url).search.slice(1)) }),
};
export default (request: Request) => answers[new URL(request.url).pathname]?.(request) as Response;
`;

/** What the origin sends by its path: the coding, and the bytes in it. */
const CODED: Readonly<Record<string, readonly [coding: string, bytes: Buffer]>> = {
  '/gzip': ['gzip', gzipSync('from the origin')],
  '/br': ['br', brotliCompressSync('from the origin')],
  '/zstd': ['zstd', Buffer.from('KLUv/SAPeQAAZnJvbSB0aGUgb3JpZ2lu', 'base64')],
  '/twice': ['gzip, br', brotliCompressSync(gzipSync('from the origin'))],
};

async function startOrigin(t: TestContext): Promise<string> {
  const server = createServer(async (request, response) => {
    const [coding, bytes] = CODED[request.url ?? ''] ?? [];
    if (coding !== undefined && bytes !== undefined)
      response.setHeader('content-encoding', coding).setHeader('content-length', bytes.length);
    response.setHeader('x-origin', 'é');
    response.end(bytes ?? `${request.method} ${request.url} ${await text(request)}`);
  }).listen(0, '127.0.0.1');
  t.after(() => server.close().closeAllConnections());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startHandler(t: TestContext): Promise<Host> {
  const files = { 'handler.ts': HANDLER, 'handler.test.ts': '' };
  return start(t, await makeCompiled(t, 'ts-web', files), { ORIGIN: await startOrigin(t) });
}

test('ts-web passes on what fetch gives, whatever its coding was', async (t) => {
  const host = await startHandler(t);
  for (const way of ['/origin', '/wrapped']) {
    for (const [coded, [coding, bytes]] of Object.entries(CODED)) {
      const answer = await host.call({
        path: `${way}?${coded.slice(1)}`,
        headers: { connection: 'keep-alive' },
      });
      // what the fetch of this Node does not decode is passed on as it came
      const isDecoded = answer.headers['content-encoding'] === undefined;
      const expected = isDecoded ? Buffer.from('from the origin') : bytes;
      assert.deepEqual([answer.status, answer.body, answer.complete], [200, expected, true], way + coded);
      assert.ok(isDecoded || coding === 'zstd', way + coded);
      assert.equal(answer.headers['x-origin'], 'é');
    }
  }
  const plain = await host.call({ path: '/origin' });
  assert.deepEqual([plain.text, plain.headers['content-length']], ['GET /plain ', '11']);
});

test('ts-web takes the request that the handler was given in new Request and in fetch', async (t) => {
  const host = await startHandler(t);
  const post = (path: string) =>
    host.call({ method: 'POST', path, body: 'é', headers: { host: `127.0.0.1:${host.port}` } });
  assert.equal((await post('/request')).text, '[true,"POST","1","é"]');
  assert.equal((await post('/other-url')).text, 'POST /echo é');
  assert.equal((await post('/self')).text, 'again: é');
});

test('ts-web sends a Response that is returned again or thrown, and refuses what cannot be sent', async (t) => {
  const host = await startHandler(t);
  for (let time = 0; time < 3; time += 1) {
    const found = await host.call({ path: '/found' });
    assert.deepEqual([found.status, found.text, found.headers['x-a']], [404, 'found', 'é']);
    assert.deepEqual([...(await host.call({ path: '/bytes' })).body], [1, 2]);
  }
  for (const path of ['/thrown', '/rejected']) {
    const thrown = await host.call({ path });
    assert.deepEqual([thrown.status, thrown.text], [404, 'thrown'], path);
  }
  const number = await host.call({ path: '/number' });
  assert.deepEqual(
    [number.text, number.headers['x-n'], number.headers['content-length']],
    ['text', '5', '4'],
  );
  assert.equal((await host.call({ path: '/number-of-stream' })).headers['x-n'], '5');
  for (const status of [100, 101, 199, 1000]) {
    const answer = await host.call({ path: `/status?${status}` });
    assert.equal(answer.status, 500);
    assert.equal(
      answer.text,
      `RangeError: Response of status ${status}: a status is a whole number from 200 to 999`,
    );
  }
  assert.equal((await host.call({ path: '/streamed' })).text, 'once');
  for (const path of ['/streamed', '/read']) {
    const answer = await host.call({ path });
    assert.equal(answer.status, 500);
    assert.equal(
      answer.text,
      'TypeError: the body of the Response was read before: return a new one, or a clone',
    );
  }
});

test('ts-web breaks a stream off that is not as long as its headers say, and tells why', async (t) => {
  const host = await startHandler(t);
  for (const path of ['/too-long', '/too-short']) {
    const whole = host.call({ path, headers: { connection: 'keep-alive' } }).then(
      ({ complete, status }) => complete && status === 200,
      () => false,
    );
    assert.equal(await whole, false, path);
  }
  await host.logged(/ERR_HTTP_CONTENT_LENGTH_MISMATCH[^]*ERR_HTTP_CONTENT_LENGTH_MISMATCH/);
});
