import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startForwarding } from '../support/upstream.ts';
import { startWatchdog } from '../support/watchdog.ts';

describe('requests that a client sends without waiting for answers', { concurrency: 2 }, () => {
  test('are carried out one after another, and answered in order', async (t) => {
    let open = 0;
    let most = 0;
    const order: string[] = [];
    const { watchdog } = await startForwarding(t, (request, response) => {
      open += 1;
      most = Math.max(most, open);
      order.push(request.url ?? '');
      request.resume().on('end', () =>
        setTimeout(() => {
          open -= 1;
          response.end(`[${request.url}]`);
        }, 20),
      );
    });
    const connection = await watchdog.connect();
    const paths = Array.from({ length: 12 }, (_none, index) => `/${index}`);
    connection.send(
      paths.map((path) => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nb`).join(''),
    );
    await connection.waitFor(/\[\/11\]/);
    assert.deepEqual(
      [...connection.received.matchAll(/\[(\/\d+)\]/g)].map((match) => match[1]),
      paths,
    );
    assert.deepEqual(order, paths);
    assert.equal(most, 1, 'never two at a time: the second may count on what the first has done');
  });

  test('do not start processes by the hundred', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'sleep 0.05' });
    const connection = await watchdog.connect();
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, watchdog.leftovers().length)), 20);
    t.after(() => clearInterval(watch));
    connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20));
    connection.send('GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await connection.waitClosed();
    assert.equal(connection.received.match(/200 OK/g)?.length, 21);
    assert.ok(most <= 2, `${most} processes at a time`);
  });
});
