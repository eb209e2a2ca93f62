import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { FIXTURES, INPROC, makeContext, start, startFunction, type Call, type Host } from './host.ts';

interface Told {
  readonly body?: unknown;
  readonly type: string;
  readonly method: string;
  readonly query: unknown;
  readonly path: string;
  readonly raw: string;
}

async function startTelling(t: TestContext, env: Record<string, string> = {}): Promise<Host> {
  const handler = await readFile(join(FIXTURES, 'shapes.cjs'), 'utf8');
  return startFunction(t, 'node24', { 'handler.js': handler }, env);
}

async function tell(host: Host, call: Call): Promise<Told> {
  const answer = await host.call({ ...call, headers: { ...call.headers, 'x-shape': 'tells the event' } });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text) as Told;
}

function post(type: string | undefined, body: string | Buffer, headers: Record<string, string> = {}): Call {
  return {
    method: 'POST',
    body,
    headers: type === undefined ? headers : { 'content-type': type, ...headers },
  };
}

const LATIN1 = Buffer.from('caf\u00e9', 'latin1');

const BODIES: readonly { readonly name: string; readonly call: Call; readonly body: unknown }[] = [
  { name: 'JSON', call: post('application/json', '{"a":[1]}'), body: { a: [1] } },
  { name: 'JSON that is no object', call: post('application/json', '"a"'), body: 'a' },
  { name: 'empty JSON', call: post('application/json', ''), body: {} },
  {
    name: 'JSON with a charset',
    call: post('Application/JSON; charset=UTF-8', '{"a":"é"}'),
    body: { a: 'é' },
  },
  { name: 'JSON with a byte order mark', call: post('application/json', '\ufeff{}'), body: {} },
  {
    name: 'a type that ends in +json',
    call: post('application/cloudevents+json', '{"id":1}'),
    body: { id: 1 },
  },
  { name: 'text', call: post('text/plain', 'hé'), body: 'hé' },
  { name: 'CSV', call: post('text/csv', 'a,b'), body: 'a,b' },
  { name: 'text in another charset', call: post('text/plain; charset="ISO-8859-1"', LATIN1), body: 'café' },
  { name: 'no type', call: post(undefined, '{"a":1}'), body: '{"a":1}' },
  {
    name: 'a form',
    call: post('application/x-www-form-urlencoded', 'a=1&b=x+y&b=%26'),
    body: { a: '1', b: ['x y', '&'] },
  },
  {
    name: 'a form with brackets',
    call: post('application/x-www-form-urlencoded', 'user[name]=Ada&user%5Btags%5D[]=x&user[tags][]=y'),
    body: { user: { name: 'Ada', tags: ['x', 'y'] } },
  },
  { name: 'XML', call: post('application/xml', '<a/>'), body: { bytes: '<a/>' } },
  {
    name: 'bytes',
    call: post('application/octet-stream', Buffer.from([0, 255])),
    body: { bytes: '\u0000\u00ff' },
  },
  {
    name: 'multipart',
    call: post('multipart/form-data; boundary=b', '--b\r\n\r\nx\r\n--b--'),
    body: { bytes: '--b\r\n\r\nx\r\n--b--' },
  },
  {
    name: 'gzip',
    call: post('application/json', gzipSync('{"a":1}'), { 'content-encoding': 'gzip' }),
    body: { a: 1 },
  },
  {
    name: 'deflate',
    call: post('text/plain', deflateSync('a'), { 'content-encoding': 'deflate' }),
    body: 'a',
  },
  {
    name: 'brotli',
    call: post('text/plain', brotliCompressSync('a'), { 'content-encoding': 'BR' }),
    body: 'a',
  },
  { name: 'no coding', call: post('text/plain', 'a', { 'content-encoding': '' }), body: 'a' },
  { name: 'no body', call: { method: 'DELETE' }, body: undefined },
];

test('the content type says what event.body is', async (t) => {
  const host = await startTelling(t);
  for (const { name, call, body } of BODIES) {
    await t.test(name, async () => assert.deepEqual((await tell(host, call)).body, body));
  }
});

test('event.rawBody is the bytes of the body, and no key of the event', async (t) => {
  const host = await startTelling(t);
  assert.equal((await tell(host, post('application/json', '{ "a": 1 }'))).raw, '{ "a": 1 }');
  assert.equal(
    (await tell(host, post('text/plain', gzipSync('zipped'), { 'content-encoding': 'gzip' }))).raw,
    'zipped',
  );
  assert.equal((await tell(host, {})).raw, '');
  const keys = await host.call({ headers: { 'x-shape': 'tells the keys of the event' } });
  assert.equal(keys.text, '[["body","headers","method","query","path"],"no rawBody"]');
});

test('RAW_BODY=true makes every body a Buffer', async (t) => {
  const host = await startTelling(t, { RAW_BODY: 'true' });
  for (const type of ['application/json', 'text/plain', undefined]) {
    assert.deepEqual((await tell(host, post(type, '{}'))).body, { bytes: '{}' });
  }
  assert.equal((await tell(host, {})).body, undefined);
});

test('the target gives the path and the query', async (t) => {
  const host = await startTelling(t);
  const told = async (path: string) => {
    const { query, path: own } = await tell(host, { path });
    return { query, path: own };
  };
  assert.deepEqual(await told('/'), { path: '/', query: {} });
  assert.deepEqual(await told('/a%20b/?'), { path: '/a%20b/', query: {} });
  assert.deepEqual(await told('//x?a=1?b=2&a=%C3%A9+&c'), {
    path: '//x',
    query: { a: ['1?b=2', 'é '], c: '' },
  });
  assert.deepEqual(await told('/?a[b]=1&__proto__=x&%zz=%zz'), {
    path: '/',
    query: { 'a[b]': '1', '%zz': '%zz' },
  });
  assert.deepEqual(await told('http://other/path?a=1'), { path: '/path', query: { a: '1' } });
});

test('the methods that node20 knows, and others, reach the handler', async (t) => {
  const host = await startTelling(t);
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
    assert.equal((await tell(host, { method })).method, method);
  }
});

test('what cannot be read is refused in JSON', async (t) => {
  const host = await startTelling(t);
  const deep = `a${'[b]'.repeat(40)}=1`;
  const refusals: [Call, number, RegExp][] = [
    [post('application/json', '{'), 400, /^request body cannot be read: .*JSON/],
    [post('application/x-www-form-urlencoded', deep), 400, /nests deeper than 32 levels/],
    [
      post('text/plain', 'no gzip', { 'content-encoding': 'gzip' }),
      400,
      /^request body cannot be read: incorrect header/,
    ],
    [
      post('text/plain', 'x', { 'content-encoding': 'constructor' }),
      415,
      /^content-encoding constructor is not supported/,
    ],
    [post('text/plain; charset=klingon', 'x'), 415, /^charset klingon is not supported/],
  ];
  for (const [call, status, message] of refusals) {
    const answer = await host.call({ ...call, headers: { ...call.headers, 'x-shape': 'tells the event' } });
    assert.equal(answer.status, status);
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
    assert.match((JSON.parse(answer.text) as { error: string }).error, message);
  }
});

const TYPES = [
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
];

/** Makes a valid body of a type, of about the given number of bytes. */
function filled(type: string, bytes: number): string {
  const filler = 'x'.repeat(bytes - 10);
  return type.endsWith('json') ? JSON.stringify(filler) : `a=${filler}`;
}

/** The status of a body of the given length, for each content type. */
async function statuses(host: Host, bytes: number): Promise<number[]> {
  const answers = TYPES.map((type) =>
    host.call({ ...post(type, filled(type, bytes), { 'x-shape': 'returns a string' }) }),
  );
  return (await Promise.all(answers)).map((answer) => answer.status);
}

const LIMITS: readonly {
  readonly env: Record<string, string>;
  readonly fits: number;
  readonly exceeds: number;
}[] = [
  { env: {}, fits: 100 << 10, exceeds: 101 << 10 },
  { env: { MAX_JSON_SIZE: '1mb' }, fits: 1 << 20, exceeds: (1 << 20) + 20 },
  { env: { MAX_RAW_SIZE: '0.5 MB' }, fits: 1 << 19, exceeds: (1 << 19) + 20 },
  { env: { MAX_RAW_SIZE: '300', RAW_BODY: 'true' }, fits: 300, exceeds: 320 },
  {
    env: { MAX_BODY_SIZE: '200kb', MAX_JSON_SIZE: '1kb', MAX_RAW_SIZE: '1kb' },
    fits: 200 << 10,
    exceeds: 201 << 10,
  },
  { env: { MAX_BODY_SIZE: '6mb' }, fits: 5 << 20, exceeds: (6 << 20) + 20 },
];

for (const { env, fits, exceeds } of LIMITS) {
  test(`the limit holds for every content type: ${JSON.stringify(env)}`, async (t) => {
    const host = await startTelling(t, env);
    assert.deepEqual(await statuses(host, fits), [200, 200, 200, 200]);
    assert.deepEqual(await statuses(host, exceeds), [413, 413, 413, 413]);
  });
}

test('with both older settings, bytes have the one and all else the other', async (t) => {
  const host = await startTelling(t, { MAX_JSON_SIZE: '1kb', MAX_RAW_SIZE: '2kb' });
  assert.deepEqual(await statuses(host, 1500), [413, 413, 413, 200]);
});

test('a body that is too large is refused in JSON, however it comes', async (t) => {
  const host = await startTelling(t);
  const large = 'x'.repeat(200 << 10);
  const calls = [
    post('text/plain', large),
    post('text/plain', large, { 'transfer-encoding': 'chunked' }),
    post('text/plain', gzipSync(Buffer.alloc(50 << 20)), { 'content-encoding': 'gzip' }),
  ];
  for (const call of calls) {
    const answer = await host.call(call);
    assert.equal(answer.status, 413);
    assert.deepEqual(JSON.parse(answer.text), {
      error: 'request body is larger than 102400 bytes; MAX_BODY_SIZE sets the limit',
    });
  }
});

const ofAProcess = INPROC && 'it is about the output of a process of its own';

test('a size that cannot be read stops the start', { skip: ofAProcess }, async (t) => {
  const folder = await makeContext(t, 'node24');
  for (const name of ['MAX_BODY_SIZE', 'MAX_JSON_SIZE', 'MAX_RAW_SIZE']) {
    const message = `${name}=1 potato is not a size: set bytes, or a number with kb, mb or gb such as 10mb\n`;
    await assert.rejects(start(t, folder, { [name]: '1 potato' }), { message });
  }
  const message = 'http_port=http is not a port: set a number from 0 to 65535\n';
  await assert.rejects(start(t, folder, { http_port: 'http' }), { message });
});
