import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

describe('SIGTERM', { concurrency: 4 }, () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal}: lock-file away, health 503, requests served meanwhile, then 0`, async (t) => {
      const watchdog = await startWatchdog(t, {
        fprocess: behaviour('until-file.sh', 'go'),
        healthcheck_interval: '4s', // requests have to come within it, on a busy machine too
        write_timeout: '30s',
      });
      const early = watchdog.request({ path: '/early' });
      await until(() => watchdog.leftovers().length > 0, 'the request in flight');
      watchdog.kill(signal);
      await watchdog.stderr.waitFor(new RegExp(`${signal}: no new connections in 4s`));
      assert.ok(!existsSync(watchdog.lockFile), 'the lock-file goes first');
      assert.equal((await watchdog.request({ path: '/_/health' })).status, 503);
      watchdog.makeFile('go');
      const late = await watchdog.request({ path: '/late' });
      assert.deepEqual([late.status, late.text], [200, 'done\n']);
      assert.deepEqual([(await early).status, (await early).text], [200, 'done\n']);
      assert.equal((await watchdog.waitExit()).code, 0);
      assert.match(watchdog.log, /Removing lock-file/);
      assert.match(watchdog.log, /No new connections allowed, draining: 0 requests/);
      assert.match(watchdog.log, /Exiting\. Active connections: 0/);
    });
  }

  test('requests in flight finish after healthcheck_interval, and new ones are refused', async (t) => {
    const watchdog = await startWatchdog(t, {
      fprocess: behaviour('until-file.sh', 'go'),
      write_timeout: '10s',
    });
    const slow = watchdog.request();
    await until(() => watchdog.leftovers().length > 0, 'the request in flight');
    watchdog.kill('SIGTERM');
    await watchdog.stderr.waitFor(/No new connections allowed, draining: 1 requests/);
    await until(async () => (await watchdog.request()).error === 'ECONNREFUSED', 'the listener to close');
    assert.ok(!watchdog.hasEnded);
    watchdog.makeFile('go');
    assert.deepEqual([(await slow).status, (await slow).text], [200, 'done\n']);
    assert.equal((await watchdog.waitExit()).code, 0);
  });

  test('they are waited for no longer than write_timeout', async (t) => {
    const watchdog = await startWatchdog(t, {
      fprocess: 'sleep 60',
      write_timeout: '2s',
      exec_timeout: '0',
    });
    const slow = watchdog.request();
    await until(() => watchdog.leftovers().length > 0, 'the request in flight');
    watchdog.kill('SIGTERM');
    const answer = await slow;
    assert.ok(answer.status === 504 || answer.status === 0, String(answer.status));
    assert.equal((await watchdog.waitExit()).code, 0);
    assert.deepEqual(watchdog.leftovers(), []);
  });

  test('an upgraded connection does not hold it up past write_timeout', async (t) => {
    const { watchdog, upstream } = await startForwarding(t, undefined, { write_timeout: '500ms' });
    upstream.server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
      socket.resume();
    });
    const connection = await watchdog.connect();
    connection.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
    await connection.waitFor(/101 Switching/);
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit()).code, 0);
    await connection.waitClosed();
  });

  test('idle, it takes healthcheck_interval and not write_timeout, kept-alive connections or not', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', write_timeout: '60s' });
    const idle = await watchdog.connect();
    idle.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await idle.waitFor(/200 OK[^]*0\r\n\r\n$/);
    const silent = await watchdog.connect();
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit(8000)).code, 0);
    await idle.waitClosed();
    await silent.waitClosed();
  });

  test('a kept-alive connection is told to close with the last response', async (t) => {
    const { watchdog } = await startForwarding(t, undefined, { healthcheck_interval: '500ms' });
    const connection = await watchdog.connect();
    connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await connection.waitFor(/ok$/);
    watchdog.kill('SIGTERM');
    await watchdog.stderr.waitFor(/SIGTERM/);
    connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await connection.waitFor(/ok[^]*200 OK[^]*ok$/);
    assert.equal((await watchdog.waitExit()).code, 0);
  });

  test('in static mode', async (t) => {
    const watchdog = await startWatchdog(t, { mode: 'static', static_path: '/tmp' });
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit()).code, 0);
  });
});

describe('a second signal', { concurrency: 4 }, () => {
  for (const [first, second, code] of [
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGINT', 'SIGINT', 130],
    ['SIGTERM', 'SIGINT', 130],
  ] as const) {
    test(`${first}, then ${second}: the end at once, with ${code}`, async (t) => {
      const watchdog = await startWatchdog(t, {
        fprocess: behaviour('ignore-term.sh'),
        healthcheck_interval: '60s',
        write_timeout: '60s',
      });
      const slow = watchdog.request();
      await until(() => watchdog.leftovers().length > 1, 'the processes');
      watchdog.kill(first);
      await watchdog.stderr.waitFor(/no new connections/);
      watchdog.kill(second);
      assert.equal((await watchdog.waitExit()).code, code);
      await until(() => watchdog.leftovers().length === 0, 'nothing to be left');
      assert.equal((await slow).status, 0);
    });
  }
});
