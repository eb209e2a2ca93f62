import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { test } from 'node:test';
import { startForwarding, startRawForwarding } from '../support/upstream.ts';

const BLOCK = randomBytes(1 << 20);

const ways: Readonly<Record<string, RequestListener>> = {
  '/teapot': (_request, response) => void response.writeHead(418).end('tea'),
  '/empty': (_request, response) => void response.writeHead(204).end(),
  '/unmodified': (_request, response) => void response.writeHead(304, { etag: '"1"' }).end(),
  '/redirect': (_request, response) => void response.writeHead(302, { location: '/elsewhere' }).end(),
  '/cookies': (_request, response) => {
    response.setHeader('set-cookie', ['a=1; Path=/', 'b=2; Path=/']);
    response.end('ok');
  },
  '/reason': (_request, response) => void response.writeHead(299, 'Quite Fine').end(),
  '/length': (_request, response) => void response.writeHead(200, { 'content-length': '3' }).end('abc'),
  '/chunked': (_request, response) => {
    response.write('a');
    response.end('bc');
  },
  '/big': (_request, response) => {
    response.setHeader('content-length', 8 * BLOCK.length);
    for (let block = 0; block < 8; block += 1) response.write(BLOCK);
    response.end();
  },
  '/encoded': (_request, response) =>
    void response.setHeader('content-encoding', 'gzip').end('not gzip at all'),
  '/500': (_request, response) => void response.writeHead(500).end('its own error'),
  '/504': (_request, response) => void response.writeHead(504).end('its own timeout'),
};

test('http mode passes responses on', async (t) => {
  const { watchdog } = await startForwarding(t, (request, response) => {
    (ways[request.url ?? ''] ?? (() => void response.writeHead(404).end()))(request, response);
  });

  await t.test('any status, with its body', async () => {
    const teapot = await watchdog.request({ path: '/teapot' });
    assert.deepEqual([teapot.status, teapot.reason, teapot.text], [418, "I'm a Teapot", 'tea']);
    const empty = await watchdog.request({ path: '/empty' });
    assert.deepEqual([empty.status, empty.body.length], [204, 0]);
    assert.equal(empty.headers['transfer-encoding'], undefined);
    const unmodified = await watchdog.request({ path: '/unmodified' });
    assert.deepEqual([unmodified.status, unmodified.headers.etag, unmodified.aborted], [304, '"1"', false]);
  });

  await t.test('errors of the function itself, which are not the watchdog’s', async () => {
    for (const [path, status, text] of [
      ['/500', 500, 'its own error'],
      ['/504', 504, 'its own timeout'],
    ] as const) {
      const answer = await watchdog.request({ path });
      assert.deepEqual([answer.status, answer.text], [status, text]);
      assert.equal(answer.headers['x-openfaas-internal'], undefined);
    }
  });

  await t.test('the reason phrase', async () => {
    assert.equal((await watchdog.request({ path: '/reason' })).reason, 'Quite Fine');
  });

  await t.test('a redirect, which is not followed', async () => {
    const answer = await watchdog.request({ path: '/redirect' });
    assert.deepEqual([answer.status, answer.headers.location], [302, '/elsewhere']);
  });

  await t.test('two Set-Cookie headers as two', async () => {
    const answer = await watchdog.request({ path: '/cookies' });
    assert.deepEqual(answer.headers['set-cookie'], ['a=1; Path=/', 'b=2; Path=/']);
  });

  await t.test('a length as a length and chunks as chunks', async () => {
    const whole = await watchdog.request({ path: '/length' });
    assert.deepEqual([whole.headers['content-length'], whole.text], ['3', 'abc']);
    const chunked = await watchdog.request({ path: '/chunked' });
    assert.deepEqual([chunked.headers['transfer-encoding'], chunked.text], ['chunked', 'abc']);
    const head = await watchdog.request({ path: '/length', method: 'HEAD' });
    assert.deepEqual([head.headers['content-length'], head.text], ['3', '']);
  });

  await t.test('8 MiB unchanged', async () => {
    const answer = await watchdog.request({ path: '/big' });
    const expected = createHash('sha256').update(Buffer.concat(Array(8).fill(BLOCK) as Buffer[]));
    assert.equal(createHash('sha256').update(answer.body).digest('hex'), expected.digest('hex'));
  });

  await t.test('an encoding as it is, without looking into it', async () => {
    const answer = await watchdog.request({ path: '/encoded', headers: { 'accept-encoding': 'gzip' } });
    assert.deepEqual([answer.headers['content-encoding'], answer.text], ['gzip', 'not gzip at all']);
  });

  await t.test('and sends no header twice', async () => {
    const answer = await watchdog.request({ path: '/length' });
    const names = answer.rawHeaders
      .filter((_name, index) => index % 2 === 0)
      .map((name) => name.toLowerCase());
    assert.deepEqual(names, [...new Set(names)]);
  });
});

test('a response in the old style, ended by the close of its connection, is whole', async (t) => {
  const watchdog = await startRawForwarding(t, (socket) => {
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold style'));
  });
  const answer = await watchdog.request();
  assert.deepEqual([answer.status, answer.text, answer.aborted], [200, 'old style', false]);
});

test('a name of a header arrives in the case in which it was sent', async (t) => {
  const watchdog = await startRawForwarding(t, (socket) => {
    socket.once('data', () =>
      socket.end('HTTP/1.1 200 OK\r\nX-MiXeD-Case: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
    );
  });
  assert.ok((await watchdog.request()).rawHeaders.includes('X-MiXeD-Case'));
});
