import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

/** Where nothing but the timeout can happen. */
const SHORT = { write_timeout: '300ms', exec_timeout: '0' };

/** Where the function is to begin before it, on a busy machine too. */
const LONG = { write_timeout: '2s', exec_timeout: '0' };

describe('write_timeout', { concurrency: 4 }, () => {
  test('http mode: before the first byte it is a 504 that names it', async (t) => {
    const { watchdog } = await startForwarding(t, () => undefined, SHORT);
    const answer = await watchdog.request();
    assert.equal(answer.status, 504);
    assert.ok(answer.ms >= 290, `not before its time: ${answer.ms} ms`);
    assert.match(answer.text, /^write_timeout of 300ms .*\n$/);
    assert.equal(answer.headers['x-openfaas-internal'], 'of-watchdog');
    await watchdog.stderr.waitFor(/GET \/ - 504/);
  });

  test('http mode: after the first byte the response is broken off', async (t) => {
    const { watchdog } = await startForwarding(t, (_request, response) => void response.write('begin'), LONG);
    const answer = await watchdog.request();
    assert.deepEqual([answer.status, answer.text, answer.aborted], [200, 'begin', true]);
    await watchdog.stderr.waitFor(/write_timeout of 2s/);
  });

  for (const mode of ['streaming', 'serializing', 'classic']) {
    test(`${mode}: before the first byte it is a 504 that names it, and the process is gone`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'sleep 60', ...SHORT });
      const answer = await watchdog.request();
      assert.equal(answer.status, 504);
      assert.match(answer.text, /write_timeout of 300ms/);
      assert.equal(answer.headers['x-openfaas-internal'], 'of-watchdog');
      await until(() => watchdog.leftovers().length === 0, 'the process to be gone');
    });
  }

  test('streaming: after the first byte the response is broken off, and the process is gone', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: behaviour('begin-and-hang.sh'), ...LONG });
    const answer = await watchdog.request();
    assert.deepEqual([answer.text, answer.aborted], ['begin\n', true]);
    await until(() => watchdog.leftovers().length === 0, 'the process to be gone');
  });

  test('the earlier of the two settings is the one that is named', async (t) => {
    const later = { write_timeout: '200ms', exec_timeout: '5s' };
    const { watchdog } = await startForwarding(t, () => undefined, later);
    assert.match((await watchdog.request()).text, /^write_timeout of 200ms/);
    const earlier = { write_timeout: '5s', exec_timeout: '200ms' };
    const { watchdog: other } = await startForwarding(t, () => undefined, earlier);
    assert.match((await other.request()).text, /^exec_timeout of 200ms/);
  });

  for (const mode of ['streaming', 'http']) {
    test(`${mode}: ends a response that its client does not read`, async (t) => {
      const variables = { write_timeout: '500ms', exec_timeout: '0' };
      const block = Buffer.alloc(64 << 20);
      const watchdog =
        mode === 'streaming'
          ? await startWatchdog(t, { fprocess: 'head -c 67108864 /dev/zero', ...variables })
          : (await startForwarding(t, (_request, response) => void response.end(block), variables)).watchdog;
      const connection = await watchdog.connect();
      connection.pause();
      connection.send('GET /unread HTTP/1.1\r\nHost: x\r\n\r\n');
      await watchdog.stderr.waitFor(/GET \/unread - 504/);
      await until(async () => /^http_requests_in_flight 0$/m.test(await watchdog.metrics()), 'the end of it');
    });
  }

  test('a connection is good for many requests: the time is that of each', async (t) => {
    const { watchdog } = await startForwarding(
      t,
      (_request, response) => void setTimeout(() => response.end('ok'), 500),
      LONG,
    );
    const connection = await watchdog.connect();
    for (let round = 1; round <= 6; round += 1) {
      connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await connection.waitForTimes('\r\n\r\nok', round);
    }
  });
});
