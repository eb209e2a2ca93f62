import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startForwarding } from '../support/upstream.ts';

const BUFFERED = { http_buffer_req_body: 'true' };
const CHUNKED = { 'transfer-encoding': 'chunked' };

describe('http_buffer_req_body', { concurrency: 3 }, () => {
  test('gives a chunked body a length', async (t) => {
    const { watchdog, upstream } = await startForwarding(t, undefined, BUFFERED);
    await watchdog.request({
      method: 'POST',
      headers: CHUNKED,
      body: (sent) => {
        sent.write('ab', () => sent.end('cd'));
      },
    });
    const seen = upstream.seen[0];
    assert.equal(seen?.body.toString(), 'abcd');
    assert.equal(seen?.headers['content-length'], '4');
    assert.equal(seen?.headers['transfer-encoding'], undefined);
  });

  test('lets the function see nothing until the body is whole', async (t) => {
    const order: string[] = [];
    const { watchdog } = await startForwarding(
      t,
      (request, response) => {
        order.push('function');
        request.resume().on('end', () => response.end('ok'));
      },
      BUFFERED,
    );
    const connection = await watchdog.connect();
    await connection.flush('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab');
    // A second request overtakes the first, which waits for its body.
    assert.equal((await watchdog.request({ path: '/other' })).status, 200);
    order.push('rest of the body');
    connection.send('cd');
    await connection.waitFor(/200 OK/);
    assert.deepEqual(order, ['function', 'rest of the body', 'function']);
  });

  test('keeps the length of a body that has one, and an empty chunked body is length 0', async (t) => {
    const { watchdog, upstream } = await startForwarding(t, undefined, BUFFERED);
    await watchdog.request({ method: 'POST', body: Buffer.alloc(1 << 20, 1) });
    assert.equal(upstream.seen[0]?.headers['content-length'], String(1 << 20));
    assert.equal(upstream.seen[0]?.body.length, 1 << 20);
    await watchdog.request({ method: 'POST', headers: CHUNKED });
    assert.equal(upstream.seen[1]?.headers['content-length'], '0');
  });

  test('a body that stalls is 408 and never reaches the function', async (t) => {
    const { watchdog, upstream } = await startForwarding(t, undefined, {
      ...BUFFERED,
      read_timeout: '2s',
    });
    const answer = await watchdog.exchange('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab');
    assert.deepEqual(answer.statuses, [408]);
    assert.match(answer.text, /read_timeout/);
    assert.equal((await watchdog.request({ path: '/after' })).status, 200);
    assert.deepEqual(
      upstream.seen.map(({ url }) => url),
      ['/after'],
    );
  });

  test('a function that answers without reading a large body is no error', async (t) => {
    const { watchdog } = await startForwarding(
      t,
      (_request, response) => void response.end('early'),
      BUFFERED,
    );
    const answer = await watchdog.request({ method: 'POST', body: Buffer.alloc(4 << 20) });
    assert.deepEqual([answer.status, answer.text], [200, 'early']);
  });
});
