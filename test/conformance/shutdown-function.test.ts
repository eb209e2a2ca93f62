import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { startServing, startUpstream } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

const LONG = { write_timeout: '10s' };

describe('SIGTERM in http mode', { concurrency: 4 }, () => {
  test('the function is told to stop only when its requests are done, and the exit is 0', async (t) => {
    const watchdog = await startServing(t, LONG);
    const slow = watchdog.request({ path: '/slow?ms=700' });
    await watchdog.stdout.waitFor(/slow request begins/);
    watchdog.kill('SIGTERM');
    const answer = await slow;
    assert.deepEqual([answer.status, answer.text], [200, 'slow done']);
    assert.equal((await watchdog.waitExit()).code, 0);
    assert.match(watchdog.log, /GET \/slow\?ms=700 - 200 OK/);
    assert.match(watchdog.stdout.text, /the function got SIGTERM/);
    assert.ok(
      watchdog.stderr.text.indexOf('GET /slow?ms=700') < watchdog.stderr.text.indexOf('Exiting'),
      'the response comes before the end',
    );
  });

  for (const status of ['0', '1', '143']) {
    test(`the function ends with ${status} then, the watchdog with 0`, async (t) => {
      const watchdog = await startServing(t, { on_sigterm: status });
      watchdog.kill('SIGTERM');
      assert.equal((await watchdog.waitExit()).code, 0);
      assert.match(watchdog.stdout.text, /the function got SIGTERM/);
    });
  }

  test('a function that takes no notice is killed, and the exit is 0', async (t) => {
    const watchdog = await startServing(t, { on_sigterm: 'ignore' });
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit(15_000)).code, 0);
    assert.deepEqual(watchdog.leftovers(), []);
  });

  test('the function’s children get SIGTERM as well, and none is left', async (t) => {
    const upstream = await startUpstream(t);
    const watchdog = await startWatchdog(t, {
      mode: 'http',
      fprocess: 'sh -c "sleep 600 & sleep 600"',
      upstream_url: upstream.url,
    });
    await until(() => watchdog.leftovers().length === 3, 'its processes');
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit(15_000)).code, 0);
    await until(() => watchdog.leftovers().length === 0, 'none to be left');
  });

  test('a child that takes no notice is killed, though the function itself has ended', async (t) => {
    const upstream = await startUpstream(t);
    const watchdog = await startWatchdog(t, {
      mode: 'http',
      fprocess: behaviour('stubborn-child.sh'),
      upstream_url: upstream.url,
    });
    await watchdog.waitForFile('child-ignores-term');
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit(15_000)).code, 0);
    await until(() => watchdog.leftovers().length === 0, 'none to be left');
  });

  test('a second signal ends all of it at once', async (t) => {
    const watchdog = await startServing(t, { on_sigterm: 'ignore', healthcheck_interval: '60s' });
    const slow = watchdog.request({ path: '/slow?ms=60000' });
    await watchdog.stdout.waitFor(/slow request begins/);
    watchdog.kill('SIGTERM');
    await watchdog.stderr.waitFor(/no new connections/);
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit()).code, 143);
    await until(() => watchdog.leftovers().length === 0, 'nothing to be left');
    assert.equal((await slow).status, 0);
  });

  test('before the function listens, it ends as well', async (t) => {
    const watchdog = await startWatchdog(t, {
      mode: 'http',
      fprocess: 'sleep 600',
      upstream_url: 'http://127.0.0.1:1',
      write_timeout: '500ms',
      exec_timeout: '300ms',
    });
    const waiting = watchdog.request();
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit()).code, 0);
    assert.ok([0, 504].includes((await waiting).status));
  });
});
