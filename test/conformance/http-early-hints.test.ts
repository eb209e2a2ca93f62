import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { startForwarding, startRawForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';

describe('informational responses in http mode', { concurrency: 3 }, () => {
  test('early hints arrive before the answer is there', async (t) => {
    const held: ServerResponse[] = [];
    const { watchdog } = await startForwarding(t, (_request, response) => {
      response.writeEarlyHints({ link: ['</a.css>; rel=preload', '</b.js>; rel=preload'], 'x-hint': 'h' });
      held.push(response);
    });
    const connection = await watchdog.connect();
    connection.send('GET / HTTP/1.1\r\nHost: fn\r\n\r\n');
    await connection.waitFor(/^HTTP\/1\.1 103 Early Hints\r\n[^]*\r\n\r\n$/);
    assert.match(connection.received, /^link: <\/a\.css>; rel=preload, <\/b\.js>; rel=preload\r$/im);
    assert.match(connection.received, /^x-hint: h\r$/im);
    held[0]?.end('after hints');
    await connection.waitFor(/HTTP\/1\.1 200 OK\r\n[^]*after hints/);
  });

  test('several of them, on a connection that is used again', async (t) => {
    const { watchdog } = await startForwarding(t, (_request, response) => {
      response.writeEarlyHints({ link: '</1>; rel=preload' });
      response.writeEarlyHints({ link: '</2>; rel=preload' });
      response.end('done');
    });
    for (let round = 0; round < 3; round += 1) {
      const answer = await watchdog.request();
      assert.equal(answer.text, 'done');
      assert.deepEqual(
        answer.informational.map(({ status, headers }) => [status, headers['link']]),
        [
          [103, '</1>; rel=preload'],
          [103, '</2>; rel=preload'],
        ],
      );
    }
  });

  test('a client of HTTP/1.0 gets none', async (t) => {
    const { watchdog } = await startForwarding(t, (_request, response) => {
      response.writeEarlyHints({ link: '</1>; rel=preload' });
      response.end('done');
    });
    const answer = await watchdog.exchange('GET / HTTP/1.0\r\nHost: fn\r\n\r\n');
    assert.deepEqual(answer.statuses, [200]);
  });

  test('a 102 does no harm', async (t) => {
    const watchdog = await startRawForwarding(t, (socket) => {
      socket.on('data', () =>
        socket.write('HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
      );
    });
    const answers = [await watchdog.request(), await watchdog.request()];
    await until(() => answers.length === 2, 'both');
    for (const answer of answers) assert.deepEqual([answer.status, answer.text], [200, 'ok']);
  });
});
