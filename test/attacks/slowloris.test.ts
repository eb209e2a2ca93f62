// Attack: slowloris. Hundreds of connections that send a byte now and then, never a whole request, hold a server's
// places until nobody else is served. They are closed after read_timeout, others are served meanwhile, and nothing
// of them is left.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openFilesOf, zombiesOf } from '../support/process-table.ts';
import { startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

const CONNECTIONS = 150;

describe('connections that never come to the point', { concurrency: 2 }, () => {
  test('in the headers', async (t) => {
    const { watchdog } = await startForwarding(t, undefined, { read_timeout: '700ms' });
    await watchdog.request();
    const before = openFilesOf(watchdog.pid).length;
    const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => watchdog.connect()));
    for (const connection of connections) connection.send('GET / HTTP/1.1\r\nHost: x\r\n');
    const drip = setInterval(() => {
      for (const connection of connections) if (!connection.closed) connection.send('X-A: b\r\n');
    }, 100);
    t.after(() => clearInterval(drip));
    assert.equal((await watchdog.request()).status, 200);
    for (const connection of connections) await connection.waitClosed();
    await until(() => openFilesOf(watchdog.pid).length <= before + 2, 'their descriptors to be closed');
  });

  test('in the body, one process each', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', read_timeout: '700ms' });
    await watchdog.request();
    const before = openFilesOf(watchdog.pid).length;
    const connections = await Promise.all(Array.from({ length: 20 }, () => watchdog.connect()));
    for (const connection of connections) {
      connection.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
    }
    const drip = setInterval(() => {
      for (const connection of connections) if (!connection.closed) connection.send('x');
    }, 100);
    t.after(() => clearInterval(drip));
    assert.equal((await watchdog.request({ method: 'POST', body: 'quick' })).text, 'quick');
    for (const connection of connections) await connection.waitClosed();
    await until(() => watchdog.leftovers().length === 0, 'their processes to be gone');
    await until(() => openFilesOf(watchdog.pid).length <= before + 2, 'their descriptors to be closed');
    assert.deepEqual(zombiesOf(watchdog.pid), []);
  });

  test('that say nothing at all', async (t) => {
    const { watchdog } = await startForwarding(t, undefined, { read_timeout: '500ms' });
    const connections = await Promise.all(Array.from({ length: 50 }, () => watchdog.connect()));
    assert.equal((await watchdog.request()).status, 200);
    for (const connection of connections) await connection.waitClosed();
  });
});
