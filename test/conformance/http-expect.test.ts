import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { startForwarding, startRawForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

const ASK = 'POST /up HTTP/1.1\r\nHost: fn\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n';

describe('Expect: 100-continue in http mode', { concurrency: 4 }, () => {
  test('the 100 is the function’s, and comes when the function gives it', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    const asked: ServerResponse[] = [];
    upstream.server.on('checkContinue', (request, response: ServerResponse) => {
      asked.push(response);
      request.on('data', () => undefined).on('end', () => response.end('taken'));
    });
    const connection = await watchdog.connect();
    connection.send(ASK);
    const [response] = await until(() => asked.length > 0 && asked, 'the function to be asked');
    assert.equal(connection.received, '');
    response?.writeContinue();
    await connection.waitFor(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    connection.send('12345');
    await connection.waitFor(/HTTP\/1\.1 200 OK\r\n[^]*taken/);
    assert.equal(connection.received.match(/HTTP\/1\.1 100/g)?.length, 1);
    assert.equal(upstream.seen.length, 0, 'asked once');
  });

  test('the body arrives whole', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    const answer = await watchdog.request({
      method: 'PUT',
      headers: { expect: '100-continue', 'content-length': 1 << 20 },
      body: (sent) => sent.on('continue', () => sent.end(Buffer.alloc(1 << 20, 1))).flushHeaders(),
    });
    assert.equal(answer.status, 200);
    assert.equal(upstream.seen[0]?.body.length, 1 << 20);
  });

  test('a refusal arrives without the body having been asked for', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    upstream.server.on('checkContinue', (_request, response: ServerResponse) => {
      response.writeHead(413, { 'x-why': 'too long' }).end('no');
    });
    const connection = await watchdog.connect();
    connection.send(ASK);
    await connection.waitFor(/^HTTP\/1\.1 413 [^]*\r\n\r\n(no|2\r\nno)/);
    assert.match(connection.received, /x-why: too long/i);
    assert.doesNotMatch(connection.received, /HTTP\/1\.1 100/);
  });

  test('a client that does not wait for the 100 is served', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    const answer = await watchdog.exchange(
      `${ASK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}12345`,
    );
    assert.equal(answer.statuses.at(-1), 200);
    assert.equal(upstream.seen[0]?.body.toString(), '12345');
  });

  test('a function that does not know of it is served too', async (t) => {
    // the function says nothing until it has the body, which the client sends after a while, as clients do
    const watchdog = await startRawForwarding(t, (socket) => {
      let got = '';
      socket.on('data', (bytes: Buffer) => {
        got += bytes.toString();
        if (got.endsWith('12345')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        else if (got.includes('\r\n\r\n')) connection.send('12345');
      });
    });
    const connection = await watchdog.connect();
    connection.send(ASK);
    await connection.waitFor(/HTTP\/1\.1 200 OK\r\n[^]*ok/);
  });

  test('with the body buffered the watchdog asks for it itself', async (t) => {
    const { watchdog, upstream } = await startForwarding(t, undefined, { http_buffer_req_body: 'true' });
    const connection = await watchdog.connect();
    connection.send(ASK);
    await connection.waitFor(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    connection.send('12345');
    await connection.waitFor(/HTTP\/1\.1 200 OK/);
    assert.equal(upstream.seen[0]?.body.toString(), '12345');
  });
});

describe('Expect: 100-continue in the modes with a process per request', { concurrency: 4 }, () => {
  for (const mode of ['streaming', 'serializing', 'classic']) {
    test(`${mode}: the body is asked for and arrives`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'cat' });
      const connection = await watchdog.connect();
      connection.send(ASK);
      await connection.waitFor(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
      connection.send('12345');
      await connection.waitFor(/HTTP\/1\.1 200 OK[^]*12345/);
    });
  }

  test('an empty Expect is as none, and one that HTTP does not define is refused', async (t) => {
    const watchdog = await startWatchdog(t, { mode: 'streaming', fprocess: 'cat' });
    for (const [expect, status] of [
      ['', 200],
      [' ', 200],
      ['200-ok', 417],
    ] as const) {
      const answer = await watchdog.exchange(
        `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: ${expect}\r\nContent-Length: 2\r\n\r\nok`,
      );
      assert.deepEqual(answer.statuses, [status], expect);
    }
  });

  test('a request that is refused anyway is refused without a 100', async (t) => {
    const watchdog = await startWatchdog(t, { mode: 'streaming', fprocess: 'sleep 5', max_inflight: '1' });
    const first = await watchdog.connect();
    first.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(async () => (await watchdog.request({ path: '/_/ready' })).status === 429, 'the limit');
    const connection = await watchdog.connect();
    connection.send(ASK);
    await connection.waitFor(/^HTTP\/1\.1 429 /);
  });
});
