import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { startWatchdog } from '../support/watchdog.ts';

describe('a process that fails in streaming mode', { concurrency: 3 }, () => {
  test('before any output is a 500 that names the status', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'sh -c "exit 7"' });
    const answer = await watchdog.request();
    assert.equal(answer.status, 500);
    assert.match(answer.text, /exit status 7/);
    assert.equal(answer.headers['x-openfaas-internal'], 'of-watchdog');
    assert.match(String(answer.headers['content-type']), /^text\/plain/);
    await watchdog.stderr.waitFor(/GET \/ - 500 /);
  });

  test('after some output breaks the response off', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: behaviour('begin-and-fail.sh', '7') });
    const answer = await watchdog.request({ onChunk: () => watchdog.makeFile('go') });
    assert.deepEqual([answer.status, answer.text, answer.aborted], [200, 'begin\n', true]);
    await watchdog.stderr.waitFor(/exit status 7/);
    await watchdog.stderr.waitFor(/GET \/ - 500 /);
  });

  test('right after its output is never a whole 200', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'sh -c "echo some; exit 3"' });
    for (let round = 0; round < 20; round += 1) {
      const answer = await watchdog.request();
      assert.ok(
        answer.status === 500 || answer.aborted,
        `round ${round}: whole ${answer.status} ${answer.text}`,
      );
    }
  });

  test('by a signal is a 500 that names it', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: `sh -c 'kill -SEGV $$'` });
    const answer = await watchdog.request();
    assert.equal(answer.status, 500);
    assert.match(answer.text, /segmentation fault|SIGSEGV/);
  });

  test('to start is a 500 that names it, and the watchdog lives on', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: '/does/not/exist' });
    for (let round = 0; round < 5; round += 1) {
      const answer = await watchdog.request({ method: 'POST', body: Buffer.alloc(100_000) });
      assert.equal(answer.status, 500, answer.error);
      assert.match(answer.text, /\/does\/not\/exist/);
    }
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
  });

  test('with exit_status=ignore is a 200 whatever its status', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'sh -c "echo some; exit 7"', exit_status: 'ignore' });
    const answer = await watchdog.request();
    assert.deepEqual([answer.status, answer.text, answer.aborted], [200, 'some\n', false]);
    const silent = await startWatchdog(t, { fprocess: 'sh -c "exit 7"', exit_status: 'ignore' });
    const empty = await silent.request();
    assert.deepEqual([empty.status, empty.text, empty.aborted], [200, '', false]);
  });

  test('with exit_status=ignore timeouts and missing commands are errors all the same', async (t) => {
    const ignore = { exit_status: 'ignore', exec_timeout: '200ms' };
    const slow = await startWatchdog(t, { fprocess: 'sleep 60', ...ignore });
    assert.equal((await slow.request()).status, 504);
    const missing = await startWatchdog(t, { fprocess: '/does/not/exist', ...ignore });
    assert.equal((await missing.request()).status, 500);
  });

  test('after it has closed its output is a failure all the same', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'sh -c "echo some; exec >&-; sleep 0.2; exit 7"' });
    const answer = await watchdog.request();
    assert.ok(answer.status === 500 || answer.aborted, `whole ${answer.status} ${answer.text}`);
    await watchdog.stderr.waitFor(/exit status 7/);
  });

  test('to answer in time after it has closed its output is a timeout', async (t) => {
    const fprocess = 'sh -c "echo some; exec >&-; sleep 60"';
    const watchdog = await startWatchdog(t, { fprocess, exec_timeout: '300ms' });
    const answer = await watchdog.request();
    assert.ok(answer.status === 504 || answer.aborted, `whole ${answer.status} ${answer.text}`);
  });

  test('after some output resets the connection of a client of HTTP/1.0, which knows no other sign', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: behaviour('begin-and-fail.sh', '7') });
    const connection = await watchdog.connect();
    connection.send('GET / HTTP/1.0\r\nHost: x\r\n\r\n');
    await connection.waitFor(/begin/);
    watchdog.makeFile('go');
    await connection.waitClosed();
    assert.ok(connection.wasReset, 'it looks like the end of the body');
  });
});
