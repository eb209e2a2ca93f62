import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FIXTURES, startFunction } from './host.ts';

/**
 * The answers of handlers of each shape. The rows without a remark are also the answers of OpenFaaS's own node22
 * template (seen by running it); `differs` describes those where this one does better.
 */
interface Row {
  readonly shape: string;
  readonly status?: number;
  readonly body: string | Buffer;
  /** Content type; undefined where there is none. */
  readonly type?: string | undefined;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly differs?: string;
}

const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';
const AS_HTML = 'sends JSON as text/html';
const AS_SUCCESS = 'answers 200';

const ROWS: readonly Row[] = [
  { shape: 'returns a string', body: '<p>hé</p>', type: HTML },
  { shape: 'returns an empty string', body: '', type: HTML },
  { shape: 'returns an object', body: '{"a":1}', type: JSON_TYPE, differs: AS_HTML },
  { shape: 'returns an array', body: '[1,"two"]', type: JSON_TYPE, differs: AS_HTML },
  { shape: 'returns a number', body: '42', type: JSON_TYPE },
  { shape: 'returns a boolean', body: 'false', type: JSON_TYPE },
  { shape: 'returns null', body: '' },
  { shape: 'returns nothing', body: '' },
  { shape: 'returns a Buffer', body: Buffer.from([1, 0, 255]), type: BYTES },
  { shape: 'returns a Uint8Array', body: Buffer.from([7]), type: BYTES },
  { shape: 'returns a Uint16Array', body: Buffer.from('cd'), type: BYTES },
  { shape: 'returns a DataView', body: Buffer.from([2, 3]), type: BYTES, differs: 'sends nothing' },
  { shape: 'returns a Date', body: '"1970-01-01T00:00:00.000Z"', type: JSON_TYPE },
  { shape: 'returns an instance', body: '{"x":1}', type: JSON_TYPE },
  { shape: 'returns an Error', body: '{}', type: JSON_TYPE },
  {
    shape: 'returns a function',
    status: 500,
    body: 'TypeError: a handler cannot answer with a function',
    type: TEXT,
    differs: AS_SUCCESS,
  },
  {
    shape: 'returns a bigint',
    status: 500,
    body: 'TypeError: Do not know how to serialize a BigInt',
    type: TEXT,
    differs: AS_SUCCESS,
  },
  { shape: 'returns the context', status: 201, body: '', differs: 'sends the context as JSON' },
  {
    shape: 'returns a stream',
    body: 'one two',
    type: BYTES,
    differs: 'sends the object of the stream as JSON',
  },
  { shape: 'generates', body: 'one two', type: BYTES, differs: 'sends {}' },

  { shape: 'resolves to a string', body: 'later', type: HTML },
  { shape: 'resolves to an object', body: '{"later":true}', type: JSON_TYPE, differs: AS_HTML },
  { shape: 'resolves after a while', body: 'slow', type: HTML },
  { shape: 'returns a thenable', body: 'then', type: HTML },
  { shape: 'returns a thenable of a promise', body: 'then', type: HTML },
  { shape: 'returns a function that is a thenable', body: 'then', type: HTML },
  {
    shape: 'throws',
    status: 500,
    body: 'Error: boom',
    type: TEXT,
    differs: 'sends a page with the stack; node20 dies',
  },
  { shape: 'rejects', status: 500, body: 'Error: boom', type: TEXT, differs: AS_SUCCESS },
  { shape: 'rejects with a string', status: 500, body: 'boom', type: TEXT, differs: AS_SUCCESS },
  { shape: 'rejects with an object', status: 500, body: '[object Object]', type: TEXT, differs: AS_SUCCESS },
  { shape: 'rejects with nothing', status: 500, body: 'undefined', type: TEXT, differs: AS_SUCCESS },
  {
    shape: 'rejects after status(400)',
    status: 400,
    body: 'Error: boom',
    type: TEXT,
    differs: 'says text/html',
  },
  {
    shape: 'rejects after status(201)',
    status: 500,
    body: 'Error: boom',
    type: TEXT,
    differs: 'answers 201',
  },

  { shape: 'succeeds', body: '{"ok":true}', type: JSON_TYPE, differs: AS_HTML },
  { shape: 'succeeds, chained', status: 201, body: '{"a":1}', type: JSON_TYPE, headers: { 'x-a': '1' } },
  { shape: 'succeeds in an async handler', status: 202, body: 'ok', type: HTML },
  { shape: 'succeeds and returns', body: 'first', type: HTML },
  { shape: 'succeeds twice', body: 'first', type: HTML, differs: 'dies' },
  { shape: 'sets the status and returns', status: 418, body: 'tea', type: HTML },
  {
    shape: 'sets the status as text',
    status: 201,
    body: 'ok',
    type: HTML,
    differs: 'answers 500; node20 201',
  },
  {
    shape: 'sets an impossible status',
    status: 500,
    body: 'RangeError: context.status(42): a status is a whole number from 200 to 999',
    type: TEXT,
    differs: 'sends a page with the stack',
  },
  {
    shape: 'sets headers and returns',
    body: 'ok',
    type: HTML,
    headers: { 'x-t': 'a', 'set-cookie': ['a=1', 'b=2'], 'x-n': '5' },
  },
  { shape: 'sets headers twice', body: 'ok', type: HTML, headers: { 'x-a': undefined, 'x-b': '2' } },
  {
    shape: 'sets an impossible header',
    status: 500,
    body: 'TypeError [ERR_INVALID_CHAR]: Invalid character in header content ["x-a"]',
    type: TEXT,
    differs: 'sends a page with the stack',
  },
  {
    shape: 'sets a length',
    body: 'ok',
    type: HTML,
    headers: { 'content-length': '2', 'transfer-encoding': undefined },
    differs: 'sends both',
  },
  {
    shape: 'copies the headers of a chunked answer',
    body: 'ok',
    type: HTML,
    headers: { 'x-a': '1', 'content-length': '2', 'transfer-encoding': undefined, trailer: undefined },
    differs: 'sends them on',
  },
  { shape: 'sets another charset', body: 'é', type: TEXT },
  { shape: 'sets the type of bytes', body: 'é', type: HTML },
  {
    shape: 'reads status and headers',
    status: 203,
    body: '[203,{"x-a":"1"},203]',
    type: JSON_TYPE,
    headers: { 'x-a': '1' },
    differs: AS_HTML,
  },
  {
    shape: 'redirects',
    status: 307,
    body: 'moved',
    type: HTML,
    headers: { location: 'https://example.com/' },
  },
  {
    shape: 'sets headers of a web response',
    body: 'ok',
    type: 'text/css; charset=utf-8',
    headers: { 'x-a': 'é', 'set-cookie': ['a=1', 'b=é'] },
    differs: 'is a 500',
  },
  {
    shape: 'sets headers in a Map',
    status: 500,
    body: 'Error: bad',
    type: TEXT,
    headers: { 'x-t': 'a' },
    differs: 'drops the headers',
  },
  {
    shape: 'sets a header in two spellings',
    body: 'ok',
    type: HTML,
    headers: { 'x-n': '6', location: '/b' },
  },
  { shape: 'has its content reset', status: 205, body: '', type: HTML, headers: { 'content-length': '0' } },
  { shape: 'has no content', status: 204, body: '', headers: { 'content-length': undefined } },
  { shape: 'is not modified', status: 304, body: '', headers: { 'content-length': undefined } },

  { shape: 'fails with a string', status: 500, body: 'bad', type: HTML },
  { shape: 'fails with an Error', status: 500, body: 'Error: bad', type: TEXT, differs: 'says text/html' },
  {
    shape: 'fails with an object',
    status: 500,
    body: '{"code":1}',
    type: JSON_TYPE,
    differs: 'sends [object Object]',
  },
  { shape: 'fails with nothing', status: 500, body: '' },
  { shape: 'fails with a status', status: 404, body: 'no such thing', type: HTML },
  {
    shape: 'fails with headers',
    status: 500,
    body: 'bad',
    type: HTML,
    headers: { 'x-a': '1' },
    differs: 'drops them',
  },
  { shape: 'fails in an async handler', status: 500, body: 'bad', type: HTML },

  { shape: 'calls back', body: '{"a":1}', type: JSON_TYPE, differs: AS_HTML },
  { shape: 'calls back with a status', status: 201, body: 'made', type: HTML },
  { shape: 'calls back with an Error', status: 500, body: 'Error: bad', type: TEXT, differs: AS_SUCCESS },
  { shape: 'calls back by the context', body: '{"a":"1"}', type: JSON_TYPE, differs: AS_HTML },
  {
    shape: 'calls back by the context with an error',
    status: 404,
    body: 'no such thing',
    type: TEXT,
    differs: 'says text/html',
  },
  { shape: 'calls back in a promise', body: 'in time', type: HTML },
  { shape: 'calls back late', body: '', differs: 'dies after that' },
  { shape: 'succeeds late', body: '', differs: 'dies after that' },
];

test('a handler of each shape answers as in the official templates, or better', async (t) => {
  const handler = await readFile(join(FIXTURES, 'shapes.cjs'), 'utf8');
  const host = await startFunction(t, 'node24', { 'handler.js': handler });
  for (const { shape, status = 200, body, type, headers = {} } of ROWS) {
    await t.test(shape, async () => {
      const answer = await host.call({ path: '/?a=1', headers: { 'x-shape': shape } });
      assert.equal(answer.status, status);
      assert.deepEqual(answer.body, Buffer.from(body));
      assert.equal(answer.headers['content-type'], type);
      for (const [name, value] of Object.entries(headers))
        assert.deepEqual(answer.headers[name], value, name);
    });
  }
  await t.test('answering again is a warning, and all of that in one process', async () => {
    const log = await host.logged(
      /the callback came after[^]*context\.succeed came after|context\.succeed came after[^]*the callback came after/,
    );
    assert.match(log, /^context\.succeed came after the request had been answered, and was dropped/m);
    assert.equal(host.process.exitCode, null);
  });
});

test('HEAD is answered as GET, without the body', async (t) => {
  const handler = await readFile(join(FIXTURES, 'shapes.cjs'), 'utf8');
  const host = await startFunction(t, 'node24', { 'handler.js': handler });
  for (const shape of ['returns an object', 'returns a stream', 'returns a stream without end']) {
    const answer = await host.call({ method: 'HEAD', headers: { 'x-shape': shape } });
    assert.equal(answer.status, 200);
    assert.equal(answer.text, '');
  }
});
