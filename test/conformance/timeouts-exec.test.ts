import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

const SOON = '300ms';

describe('exec_timeout', { concurrency: 4 }, () => {
  test('http mode: 504 that names it, and the function’s request is cancelled', async (t) => {
    let cancelled = false;
    const { watchdog } = await startForwarding(
      t,
      (request, response) => {
        if (request.url === '/fast') response.end('ok');
        response.on('close', () => (cancelled ||= !response.writableFinished));
      },
      { exec_timeout: SOON },
    );
    const answer = await watchdog.request({ path: '/hang' });
    assert.equal(answer.status, 504);
    assert.ok(answer.ms >= 290, `not before its time: ${answer.ms} ms`);
    assert.match(answer.text, /^exec_timeout of 300ms .*\n$/);
    assert.equal(answer.headers['x-openfaas-internal'], 'of-watchdog');
    assert.match(String(answer.headers['content-type']), /^text\/plain/);
    await until(() => cancelled, 'the function to see the end of the request');
    await watchdog.stderr.waitFor(/exec_timeout of 300ms/);
    await watchdog.stderr.waitFor(/GET \/hang - 504/);
    assert.equal((await watchdog.request({ path: '/fast' })).status, 200);
  });

  test('http mode: a response under way is broken off', async (t) => {
    const { watchdog } = await startForwarding(t, (_request, response) => void response.write('begin'), {
      exec_timeout: '1s', // long enough for the response to begin on a busy machine
    });
    const answer = await watchdog.request();
    assert.deepEqual([answer.status, answer.text, answer.aborted], [200, 'begin', true]);
    await watchdog.stderr.waitFor(/exec_timeout of 1s/);
    await watchdog.stderr.waitFor(/GET \/ - 504/);
  });

  for (const mode of ['streaming', 'serializing']) {
    test(`${mode}: 504 that names it, and the process is gone`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'sleep 60', exec_timeout: SOON });
      const answer = await watchdog.request();
      assert.equal(answer.status, 504);
      assert.ok(answer.ms >= 290, `not before its time: ${answer.ms} ms`);
      assert.match(answer.text, /^exec_timeout of 300ms .*\n$/);
      assert.equal(answer.headers['x-openfaas-internal'], 'of-watchdog');
      await watchdog.stderr.waitFor(/GET \/ - 504/);
      await until(() => watchdog.leftovers().length === 0, 'the process to be gone');
    });
  }

  test('classic: 408 and its words', async (t) => {
    const watchdog = await startWatchdog(t, { mode: 'classic', fprocess: 'sleep 60', exec_timeout: SOON });
    const answer = await watchdog.request();
    assert.equal(answer.status, 408);
    assert.match(answer.text, /Killed process/);
    assert.match(answer.text, /exec_timeout of 300ms/);
    await watchdog.stderr.waitFor(/exec_timeout of 300ms/);
    await watchdog.stderr.waitFor(/Killing process: sleep 60/);
    await until(() => watchdog.leftovers().length === 0, 'the process to be gone');
  });

  test('streaming: a response under way is broken off, and the process is gone', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: behaviour('begin-and-hang.sh'), exec_timeout: SOON });
    const answer = await watchdog.request();
    assert.deepEqual([answer.status, answer.text, answer.aborted], [200, 'begin\n', true]);
    await watchdog.stderr.waitFor(/exec_timeout of 300ms/);
    await watchdog.stderr.waitFor(/GET \/ - 504/);
    await until(() => watchdog.leftovers().length === 0, 'the process to be gone');
  });

  test('serializing: output before it is thrown away, as nothing was sent', async (t) => {
    const watchdog = await startWatchdog(t, {
      mode: 'serializing',
      fprocess: behaviour('begin-and-hang.sh'),
      exec_timeout: SOON,
    });
    const answer = await watchdog.request();
    assert.equal(answer.status, 504);
    assert.doesNotMatch(answer.text, /begin/);
  });

  for (const mode of ['streaming', 'serializing', 'classic']) {
    test(`${mode}: 0 is no limit`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'sleep 0.4', exec_timeout: '0' });
      const answer = await watchdog.request({ headers: { 'x-timeout': '100ms' } });
      assert.equal(answer.status, 200);
    });
  }

  test('streaming: a process that took the whole group of signals lightly is gone too', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: behaviour('ignore-term.sh'), exec_timeout: SOON });
    assert.equal((await watchdog.request()).status, 504);
    await until(() => watchdog.leftovers().length === 0, 'SIGKILL to follow');
  });
});
