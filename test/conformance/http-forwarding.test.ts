import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { IDLE } from '../support/command.ts';
import { startForwarding } from '../support/upstream.ts';
import { startWatchdog } from '../support/watchdog.ts';

const METHODS = [
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'PROPFIND',
  'REPORT',
  'PURGE',
  'LINK',
  'M-SEARCH',
];

test('http mode forwards', async (t) => {
  const { watchdog, upstream } = await startForwarding(t, (request, response) => {
    request.resume().on('end', () => {
      response.setHeader('x-upstream', 'yes');
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
  });

  await t.test('method, path, query, headers, Host and body', async () => {
    const answer = await watchdog.request({
      method: 'PUT',
      path: '/a%20b/c?x=1&y=%2F',
      headers: { 'X-Custom': 'one', host: 'fn.example.com', 'X-Call-Id': 'abc' },
      body: 'hello',
    });
    const seen = upstream.seen.at(-1);
    assert.equal(answer.status, 200);
    assert.equal(seen?.method, 'PUT');
    assert.equal(seen?.url, '/a%20b/c?x=1&y=%2F');
    assert.equal(seen?.body.toString(), 'hello');
    assert.equal(seen?.headers['x-custom'], 'one');
    assert.equal(seen?.headers['x-call-id'], 'abc');
    assert.equal(seen?.headers.host, 'fn.example.com');
    assert.equal(seen?.headers['content-length'], '5');
    assert.equal(answer.headers['x-upstream'], 'yes');
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.match(String(answer.headers['x-duration-seconds']), /^\d+\.\d{6}$/);
  });

  for (const method of METHODS) {
    await t.test(`${method}, with a body and without`, async () => {
      assert.equal((await watchdog.request({ method })).status, 200);
      assert.equal(upstream.seen.at(-1)?.method, method);
      assert.equal(upstream.seen.at(-1)?.body.length, 0);
      const body = `body of ${method}`;
      const headers = { 'content-length': body.length };
      assert.equal((await watchdog.request({ method, body, headers })).status, 200);
      assert.equal(upstream.seen.at(-1)?.body.toString(), body);
    });
  }

  await t.test('a chunked DELETE as one request', async () => {
    const before = upstream.seen.length;
    const body = 'GET /second HTTP/1.1\r\nHost: x\r\n\r\n';
    const headers = { 'transfer-encoding': 'chunked' };
    assert.equal((await watchdog.request({ method: 'DELETE', body, headers })).status, 200);
    assert.equal(upstream.seen.length, before + 1);
    assert.equal(upstream.seen.at(-1)?.body.toString(), body);
  });

  await t.test('TRACE, as it is or refused', async () => {
    const answer = await watchdog.request({ method: 'TRACE' });
    if (answer.status === 200) assert.equal(upstream.seen.at(-1)?.method, 'TRACE');
    else assert.ok(answer.status === 405 || answer.status === 501, String(answer.status));
  });

  await t.test('chunks, in whatever case they are called', async () => {
    const answer = await watchdog.exchange(
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n2\r\nab\r\n0\r\n\r\n',
    );
    assert.deepEqual(answer.statuses, [200]);
    assert.equal(upstream.seen.at(-1)?.body.toString(), 'ab');
  });

  await t.test('HEAD, whose answer has headers and no body', async () => {
    const answer = await watchdog.request({ method: 'HEAD' });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['x-upstream'], 'yes');
    assert.equal(answer.body.length, 0);
    assert.equal(upstream.seen.at(-1)?.method, 'HEAD');
  });

  await t.test('no body where there was none: neither length nor chunks are made up', async () => {
    await watchdog.request({ method: 'GET' });
    const names = Object.keys(upstream.seen.at(-1)?.headers ?? {});
    assert.ok(!names.includes('transfer-encoding') && !names.includes('content-length'), names.join());
  });

  await t.test('a length of 0 as that', async () => {
    await watchdog.request({ method: 'POST', headers: { 'content-length': '0' } });
    assert.equal(upstream.seen.at(-1)?.headers['content-length'], '0');
    assert.equal(upstream.seen.at(-1)?.headers['transfer-encoding'], undefined);
  });

  await t.test('no headers of its own making', async () => {
    await watchdog.exchange('GET / HTTP/1.1\r\nHost: bare\r\nConnection: close\r\n\r\n');
    const names = Object.keys(upstream.seen.at(-1)?.headers ?? {}).filter((name) => name !== 'connection');
    assert.deepEqual(names, ['host']);
  });

  await t.test('3 MiB of bytes unchanged, with a length and in chunks', async () => {
    const body = randomBytes(3 << 20);
    const digest = (bytes: Buffer | undefined): string =>
      createHash('sha256')
        .update(bytes ?? '')
        .digest('hex');
    await watchdog.request({ method: 'POST', body });
    assert.equal(digest(upstream.seen.at(-1)?.body), digest(body));
    await watchdog.request({ method: 'POST', body, headers: { 'transfer-encoding': 'chunked' } });
    assert.equal(digest(upstream.seen.at(-1)?.body), digest(body));
    assert.equal(upstream.seen.at(-1)?.headers['transfer-encoding'], 'chunked');
  });

  await t.test('many requests over one connection', async () => {
    const connection = await watchdog.connect();
    for (let round = 1; round <= 50; round += 1) {
      const body = 'b'.repeat(round);
      connection.send(`POST /kept/${round} HTTP/1.1\r\nHost: x\r\nContent-Length: ${round}\r\n\r\n${body}`);
      await connection.waitForTimes('\r\n\r\n{}', round);
      assert.equal(upstream.seen.at(-1)?.url, `/kept/${round}`);
      assert.equal(upstream.seen.at(-1)?.body.length, round);
    }
  });

  await t.test('a client that speaks HTTP/1.0', async () => {
    const answer = await watchdog.exchange('GET /old HTTP/1.0\r\n\r\n');
    assert.match(answer.text, /^HTTP\/1\.[01] 200 OK\r\n/);
    assert.match(answer.text, /\r\n\r\n\{\}$/, 'not chunked');
    assert.ok(answer.closed);
    assert.equal(upstream.seen.at(-1)?.url, '/old');
  });

  await t.test(
    'a client of HTTP/1.0 without Host, whose request has the address of the function',
    async () => {
      for (const target of ['/old', '*']) {
        const answer = await watchdog.exchange(`OPTIONS ${target} HTTP/1.0\r\n\r\n`);
        assert.deepEqual(answer.statuses, [200], target);
        assert.equal(upstream.seen.at(-1)?.headers.host, new URL(upstream.url).host, target);
      }
    },
  );

  await t.test('CONNECT is answered or refused, and does not hang', async () => {
    const answer = await watchdog.exchange(
      'CONNECT other.example:443 HTTP/1.1\r\nHost: other.example\r\n\r\n',
      3000,
    );
    assert.ok(answer.closed || answer.statuses.length === 1, 'it hangs');
    assert.equal((await watchdog.request()).status, 200);
  });
});

test('a function that listens on one family alone is reached by the name localhost', async (t) => {
  const known = await lookup('localhost', { all: true });
  for (const { address: host } of known) {
    const server = http.createServer((_request, response) => response.end(`from ${host}`));
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const { port } = server.address() as AddressInfo;
    const upstream_url = `http://localhost:${port}`;
    const watchdog = await startWatchdog(t, { mode: 'http', fprocess: IDLE, upstream_url });
    assert.equal((await watchdog.request()).text, `from ${host}`);
    assert.equal((await watchdog.request({ path: '/_/ready' })).status, 200);
  }
});
