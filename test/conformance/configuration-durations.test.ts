import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startWatchdog, type Variables, type Watchdog } from '../support/watchdog.ts';
import type { Owner } from '../support/owner.ts';
import { startForwarding } from '../support/upstream.ts';

/** Reads the timeouts from the start-up line. */
async function timeoutsOf(owner: Owner, variables: Variables): Promise<[string | undefined, Watchdog]> {
  const watchdog = await startWatchdog(owner, { fprocess: 'cat', ...variables });
  return [/Timeouts: (.*?)\.?$/m.exec(watchdog.log)?.[1], watchdog];
}

describe('durations', { concurrency: 3 }, () => {
  test('a bare number is seconds', async (t) => {
    const [line] = await timeoutsOf(t, {
      read_timeout: '10',
      write_timeout: '90',
      exec_timeout: '3600',
      healthcheck_interval: '0',
    });
    assert.equal(line, 'read: 10s write: 1m30s hard: 1h0m0s health: 0s');
  });

  test('Go durations', async (t) => {
    const [line] = await timeoutsOf(t, {
      read_timeout: '1.5s',
      write_timeout: '1h15m30.918s',
      exec_timeout: '150ms',
      healthcheck_interval: '2m',
    });
    assert.equal(line, 'read: 1.5s write: 1h15m30.918s hard: 150ms health: 2m0s');
  });

  test('healthcheck_interval is write_timeout when it is not set', async (t) => {
    const [line] = await timeoutsOf(t, { write_timeout: '7s', healthcheck_interval: undefined });
    assert.equal(line, 'read: 30s write: 7s hard: 30s health: 7s');
  });

  test('exec_timeout is off in classic mode when it is not set', async (t) => {
    const [line] = await timeoutsOf(t, { mode: 'classic', healthcheck_interval: '1s' });
    assert.match(line ?? '', /hard: 0s/);
  });

  test('one that is longer than a timer can be (25 days) does not pass at once', async (t) => {
    for (const mode of ['streaming', 'serializing', 'classic']) {
      const [, watchdog] = await timeoutsOf(t, {
        mode,
        read_timeout: '1000h',
        write_timeout: '2562047h',
        exec_timeout: '720h',
      });
      const answer = await watchdog.request({ method: 'POST', body: 'whole' });
      assert.equal(answer.status, 200, `${mode}: ${answer.text}`);
      assert.equal(answer.text, 'whole');
      const asked = await watchdog.request({
        method: 'POST',
        body: 'whole',
        headers: { 'x-timeout': '700h' },
      });
      assert.equal(asked.status, 200, `${mode}: ${asked.text}`);
    }
  });

  test('nor does a healthcheck_interval of that length', async (t) => {
    const [, watchdog] = await timeoutsOf(t, { healthcheck_interval: '1000h' });
    watchdog.kill('SIGTERM');
    await watchdog.stderr.waitFor(/SIGTERM: no new connections in 1000h0m0s/);
    for (let round = 0; round < 5; round += 1) {
      assert.equal((await watchdog.request({ method: 'POST', body: 'x' })).text, 'x');
    }
    assert.ok(!watchdog.hasEnded);
  });

  test('http mode', async (t) => {
    const { watchdog } = await startForwarding(
      t,
      (_request, response) => void setTimeout(() => response.end('ok'), 50),
      { read_timeout: '1000h', write_timeout: '2562047h', exec_timeout: '720h' },
    );
    for (const accept of ['*/*', 'text/event-stream']) {
      const answer = await watchdog.request({ method: 'POST', body: 'x', headers: { accept } });
      assert.equal(answer.text, 'ok');
    }
  });
});
