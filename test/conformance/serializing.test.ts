import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

const MODE = { mode: 'serializing' };

describe('serializing mode', { concurrency: 3 }, () => {
  test('gives the body to stdin and stdout to the client, with Content-Length', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: 'cat', content_type: 'text/plain' });
    const answer = await watchdog.request({ method: 'POST', body: 'buffered' });
    assert.deepEqual([answer.status, answer.text], [200, 'buffered']);
    assert.equal(answer.headers['content-type'], 'text/plain');
    assert.equal(answer.headers['content-length'], '8');
    assert.equal(answer.headers['transfer-encoding'], undefined);
    assert.match(String(answer.headers['x-duration-seconds']), /^\d+\.\d{6}$/);
  });

  test('bytes, many and none', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: 'cat' });
    const body = randomBytes(5 << 20);
    const answer = await watchdog.request({ method: 'POST', body });
    assert.ok(answer.body.equals(body));
    assert.equal(answer.headers['content-length'], String(5 << 20));
    assert.equal(answer.headers['content-type'], 'application/octet-stream');
    const none = await watchdog.request();
    assert.deepEqual([none.status, none.headers['content-length'], none.text], [200, '0', '']);
  });

  test('starts the process when the body is whole', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: 'cat' });
    const connection = await watchdog.connect();
    await connection.flush('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab');
    // a whole round trip later the first request has had its chance
    await watchdog.request();
    assert.deepEqual(watchdog.leftovers(), []);
    connection.send('cd');
    await connection.waitFor(/200 OK[^]*abcd$/);
  });

  test('an exit status other than 0 is a 500 that says so, without the output', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: 'sh -c "echo lost; exit 3"' });
    const answer = await watchdog.request();
    assert.equal(answer.status, 500);
    assert.match(answer.text, /exit status 3/);
    assert.doesNotMatch(answer.text, /lost/);
    assert.equal(answer.aborted, false);
  });

  test('the end by a signal is a 500 that says so', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: `sh -c 'kill -KILL $$'` });
    const answer = await watchdog.request();
    assert.equal(answer.status, 500);
    assert.match(answer.text, /killed|SIGKILL/);
  });

  test('a process that cannot be started is a 500, and the watchdog lives on', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: '/does/not/exist' });
    assert.equal((await watchdog.request({ method: 'POST', body: 'x' })).status, 500);
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
  });

  test('a process that answers before it has read is served whole', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: behaviour('answer-then-read.sh') });
    const answer = await watchdog.request({ method: 'POST', body: Buffer.alloc(2 << 20) });
    assert.deepEqual([answer.status, answer.body.length], [200, 2_000_000]);
  });

  test('HEAD has the length and no body', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: 'echo 12345' });
    const answer = await watchdog.request({ method: 'HEAD' });
    assert.deepEqual([answer.status, answer.headers['content-length'], answer.text], [200, '6', '']);
  });

  test('a client that goes away before its body is whole starts nothing', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: behaviour('note-end-of-input.sh') });
    const connection = await watchdog.connect();
    await connection.flush('POST /gone HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc');
    await until(async () => /in_flight 1$/m.test(await watchdog.metrics()), 'the request to arrive');
    connection.destroy();
    await watchdog.stderr.waitFor(/POST \/gone - 499/);
    assert.deepEqual(watchdog.leftovers(), []);
  });
});
