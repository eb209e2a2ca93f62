import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

const STALLED = 'POST /stalled HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc';
const STALLED_CHUNKED = 'POST /stalled HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n';

describe('read_timeout', { concurrency: 4 }, () => {
  for (const mode of ['streaming', 'serializing', 'classic']) {
    for (const [kind, bytes] of [
      ['with a length', STALLED],
      ['in chunks', STALLED_CHUNKED],
    ] as const) {
      test(`${mode}: a body ${kind} that stalls is 408, and no process takes it for whole`, async (t) => {
        const watchdog = await startWatchdog(t, {
          mode,
          fprocess: behaviour('note-end-of-input.sh'),
          read_timeout: '2s', // a whole body has to come within it, on a busy machine too
        });
        const answer = await watchdog.exchange(bytes);
        assert.deepEqual(answer.statuses, [408]);
        assert.match(answer.text, /read_timeout of 2s/);
        assert.match(answer.text, /x-openfaas-internal: of-watchdog/i);
        assert.ok(answer.closed);
        await watchdog.stderr.waitFor(/POST \/stalled - 408/);
        await until(() => watchdog.leftovers().length === 0, 'the process to be gone');
        assert.ok(!existsSync(path.join(watchdog.folder, 'end-of-input')), 'the process was told of an end');
        const whole = await watchdog.request({ method: 'POST', body: 'whole' });
        assert.deepEqual([whole.status, whole.text], [200, 'whole']);
        assert.ok(existsSync(path.join(watchdog.folder, 'end-of-input')));
      });
    }
  }

  test('http mode: a body that stalls is 408, and the function’s request is broken off', async (t) => {
    let broken = false;
    const { watchdog, upstream } = await startForwarding(
      t,
      (request, response) => {
        request.on('aborted', () => (broken = true));
        request.on('end', () => response.end('whole'));
        request.resume();
      },
      { read_timeout: '300ms' },
    );
    const answer = await watchdog.exchange(STALLED);
    assert.deepEqual(answer.statuses, [408]);
    assert.match(answer.text, /read_timeout of 300ms/);
    assert.ok(answer.closed);
    await until(() => broken, 'the function to see a broken request');
    assert.equal(upstream.seen.length, 0, 'it saw no whole one');
    await watchdog.stderr.waitFor(/POST \/stalled - 408/);
  });

  test('a response under way is broken off', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', read_timeout: '300ms' });
    const answer = await watchdog.exchange(STALLED_CHUNKED);
    // cat may have echoed the first bytes by then: 408, or a 200 without its last chunk.
    assert.ok(answer.statuses[0] === 408 || answer.statuses[0] === 200);
    assert.ok(answer.closed);
    if (answer.statuses[0] === 200) assert.doesNotMatch(answer.text, /\r\n0\r\n\r\n$/);
    await watchdog.stderr.waitFor(/POST \/stalled - 408/);
  });

  test('a body that drips is given its time in all, not from byte to byte', async (t) => {
    const watchdog = await startWatchdog(t, { mode: 'serializing', fprocess: 'cat', read_timeout: '500ms' });
    const connection = await watchdog.connect();
    connection.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
    const drip = setInterval(() => connection.send('x'), 50);
    t.after(() => clearInterval(drip));
    await connection.waitFor(/^HTTP\/1\.1 408 /);
  });

  test('nor from one gulp of the function to the next', async (t) => {
    const variables = { fprocess: 'sh -c "cat >/dev/null"', read_timeout: '600ms' };
    const watchdog = await startWatchdog(t, variables);
    const connection = await watchdog.connect();
    connection.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${1 << 30}\r\n\r\n`);
    const gulp = Buffer.alloc(100_000); // more than a pipe takes at once
    const drip = setInterval(() => connection.send(gulp), 100);
    t.after(() => clearInterval(drip));
    await connection.waitFor(/^HTTP\/1\.1 408 /);
  });

  test('headers that never end are given up on, and others are served meanwhile', async (t) => {
    const { watchdog } = await startForwarding(t, undefined, { read_timeout: '2s' });
    const connection = await watchdog.connect();
    connection.send('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    assert.equal((await watchdog.request()).status, 200);
    await connection.waitClosed();
    assert.match(connection.received, /^(HTTP\/1\.1 408 |$)/);
  });

  test('time in which the function does not take the body does not count', async (t) => {
    const watchdog = await startWatchdog(t, {
      fprocess: behaviour('sleep-then-count.sh', '3'),
      read_timeout: '2s',
    });
    const answer = await watchdog.request({ method: 'POST', body: Buffer.alloc(8 << 20) });
    assert.deepEqual([answer.status, answer.text.trim()], [200, String(8 << 20)]);
  });

  test('a function that takes longer than read_timeout to answer is not meant', async (t) => {
    const { watchdog } = await startForwarding(
      t,
      (_request, response) => void setTimeout(() => response.end('late'), 3000),
      { read_timeout: '2s' },
    );
    assert.equal((await watchdog.request({ method: 'POST', body: 'x' })).text, 'late');
    assert.equal((await watchdog.request()).text, 'late');
  });

  test('0 is no limit', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', read_timeout: '0' });
    assert.equal((await watchdog.request({ method: 'POST', body: 'x' })).text, 'x');
  });

  test('a body that was asked for with a 100 and never comes is 408', async (t) => {
    for (const mode of ['streaming', 'serializing']) {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'cat', read_timeout: '300ms' });
      const answer = await watchdog.exchange(
        'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n',
      );
      assert.deepEqual(answer.statuses, [100, 408], mode);
      await until(() => watchdog.leftovers().length === 0, 'the process to be gone');
    }
  });
});
