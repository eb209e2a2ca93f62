import assert from 'node:assert/strict';
import { existsSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { makeFolder } from '../support/folder.ts';
import { request } from '../support/request.ts';
import { until } from '../support/wait.ts';
import { startWatchdog, Watchdog } from '../support/watchdog.ts';

describe('the lock-file', { concurrency: 3 }, () => {
  test('is there only once connections are accepted', async (t) => {
    const folder = makeFolder(t);
    const watchdog = Watchdog.spawn(t, { fprocess: 'cat' }, { folder });
    await until(() => existsSync(watchdog.lockFile), 'the lock-file');
    // from this moment on the image's health check may let requests in
    await watchdog.waitListening();
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
    assert.equal((await request(watchdog.metricsPort, { path: '/metrics' })).status, 200);
    assert.equal(statSync(watchdog.lockFile).size, 0);
  });

  test('left over by an earlier run is no hindrance', async (t) => {
    const folder = makeFolder(t);
    const first = await startWatchdog(t, { fprocess: 'cat' }, { folder });
    first.kill('SIGKILL');
    await first.waitExit();
    assert.ok(existsSync(path.join(folder, '.lock')));
    const second = await startWatchdog(t, { fprocess: 'cat' }, { folder });
    assert.equal((await second.request({ path: '/_/health' })).status, 200);
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`goes first on ${signal}`, async (t) => {
      const watchdog = await startWatchdog(t, { fprocess: 'cat', healthcheck_interval: '3s' });
      watchdog.kill(signal);
      await until(() => !existsSync(watchdog.lockFile), 'the lock-file to go');
      assert.ok(!watchdog.hasEnded);
      assert.equal((await watchdog.request({ path: '/_/health' })).status, 503);
      assert.equal((await watchdog.request({ method: 'POST', body: 'x' })).text, 'x');
    });
  }

  test('gone already at SIGTERM is no error', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    rmSync(watchdog.lockFile);
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit()).code, 0);
  });

  test('is /tmp/.lock without TMPDIR, where the images look for it', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', TMPDIR: undefined }, { wait: 'listening' });
    await watchdog.stderr.waitFor(/Writing lock-file to: \/tmp\/\.lock\n/);
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit()).code, 0);
    assert.match(watchdog.log, /Removing lock-file : \/tmp\/\.lock\n/);
  });
});
