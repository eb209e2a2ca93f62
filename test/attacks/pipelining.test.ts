// Attack: one connection that sends hundreds of requests and reads no answer. Carried out all at once they would
// make one client as heavy as hundreds (processes, connections to the function, responses kept in memory), and
// those that still wait when the connection breaks must not stay in flight for ever: with max_inflight they would
// lock everybody out.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openFilesOf } from '../support/process-table.ts';
import { startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

const REQUEST = 'GET /piped HTTP/1.1\r\nHost: x\r\n\r\n';

describe('a connection full of requests', { concurrency: 3 }, () => {
  test('that reads nothing is ended by write_timeout, and nothing of it stays in flight', async (t) => {
    const block = Buffer.alloc(1 << 20);
    const { watchdog, upstream } = await startForwarding(
      t,
      (_request, response) => void response.end(block),
      {
        write_timeout: '1s',
      },
    );
    await watchdog.request();
    const before = openFilesOf(watchdog.pid).length;
    const connection = await watchdog.connect();
    connection.pause();
    connection.send(REQUEST.repeat(500));
    await until(() => upstream.seen.length > 1, 'the first of them');
    await watchdog.stderr.waitFor(/GET \/piped - 504/);
    await until(async () => /in_flight 0$/m.test(await watchdog.metrics()), 'none to stay in flight');
    assert.ok(upstream.seen.length < 100, `${upstream.seen.length} of 500 reached the function`);
    await until(() => openFilesOf(watchdog.pid).length <= before + 2, 'its descriptors to be closed');
  });

  for (const way of ['destroy', 'reset'] as const) {
    test(`that goes away (${way}) does not use up max_inflight`, async (t) => {
      const { watchdog } = await startForwarding(t, () => undefined, {
        max_inflight: '10',
        exec_timeout: '5s',
      });
      const connection = await watchdog.connect();
      await connection.flush(REQUEST.repeat(50));
      await until(async () => !/in_flight 0$/m.test(await watchdog.metrics()), 'the first of them');
      connection[way]();
      await until(async () => /in_flight 0$/m.test(await watchdog.metrics()), 'none to stay in flight');
      assert.equal((await watchdog.request({ path: '/_/ready' })).status, 200);
    });
  }

  test('that goes away leaves no process', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'sleep 600' });
    const connection = await watchdog.connect();
    await connection.flush(REQUEST.repeat(50));
    await until(() => watchdog.leftovers().length > 0, 'the first of them');
    connection.destroy();
    await until(() => watchdog.leftovers().length === 0, 'no process to be left');
    await until(async () => /in_flight 0$/m.test(await watchdog.metrics()), 'none to stay in flight');
  });
});
