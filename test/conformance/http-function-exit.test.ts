import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { serverFunction, startServing, startUpstream } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

describe('when the function of http mode ends', { concurrency: 3 }, () => {
  for (const code of [0, 1, 3]) {
    test(`with status ${code}, the watchdog ends non-zero, after the response in flight`, async (t) => {
      const watchdog = await startServing(t);
      const answer = await watchdog.request({ path: `/exit?code=${code}` });
      assert.deepEqual([answer.status, answer.text], [200, 'bye']);
      const exit = await watchdog.waitExit();
      assert.ok(exit.code !== null && exit.code !== 0, `exit ${exit.code}`);
      await watchdog.stderr.waitFor(new RegExp(`exit status ${code}`));
      assert.doesNotMatch(watchdog.log, /^\s+at /m, 'no stack trace');
    });
  }

  test('by a signal, the line names the signal', async (t) => {
    const watchdog = await startServing(t);
    const pid = Number((await watchdog.request({ path: '/pid' })).text);
    process.kill(pid, 'SIGKILL');
    const exit = await watchdog.waitExit();
    assert.ok(exit.code !== null && exit.code !== 0);
    assert.match(watchdog.log, /killed|SIGKILL/);
  });

  test('requests in flight are answered first: 500 before the first byte, broken off after it', async (t) => {
    const watchdog = await startServing(t);
    const [partial, silent, dying] = await Promise.all([
      watchdog.request({ path: '/partial-then-exit?code=0' }),
      watchdog.request({ path: '/slow?ms=60000' }),
      watchdog.request({ method: 'POST', path: '/slow?ms=60000', body: 'x' }),
    ]);
    assert.deepEqual([partial.status, partial.text, partial.aborted], [200, 'begin', true]);
    for (const answer of [silent, dying]) {
      assert.equal(answer.status, 500, answer.error);
      assert.equal(answer.headers['x-openfaas-internal'], 'of-watchdog');
      assert.notEqual(answer.text, '');
    }
    const exit = await watchdog.waitExit();
    assert.ok(exit.code !== null && exit.code !== 0);
    assert.match(watchdog.log, /GET \/slow\?ms=60000 - 500/);
  });

  test('before it ever listened: waiting requests are answered', async (t) => {
    const variables = { ...serverFunction(), fprocess: 'sleep 0.7' };
    const watchdog = await startWatchdog(t, variables);
    const answer = await watchdog.request();
    assert.equal(answer.status, 500);
    const exit = await watchdog.waitExit();
    assert.ok(exit.code !== null && exit.code !== 0);
  });

  test('what it left behind is killed', async (t) => {
    const upstream = await startUpstream(t);
    const watchdog = await startWatchdog(t, {
      mode: 'http',
      fprocess: 'sh -c "sleep 600 & sleep 0.5"',
      upstream_url: upstream.url,
    });
    await watchdog.waitExit();
    await until(() => watchdog.leftovers().length === 0, 'its children to be gone');
  });

  test('what it had still to say is in the log', async (t) => {
    const upstream = await startUpstream(t);
    const watchdog = await startWatchdog(t, {
      mode: 'http',
      fprocess: `sh -c "sleep 0.4; head -c 300000 /dev/zero | tr '\\\\0' x; echo; echo last words; echo why >&2; exit 1"`,
      upstream_url: upstream.url,
      prefix_logs: 'false',
    });
    await watchdog.waitExit();
    assert.match(watchdog.stdout.text, /last words\n$/);
    assert.ok(watchdog.stdout.bytes > 300_000);
    assert.match(watchdog.stderr.text, /^why$/m);
  });
});
