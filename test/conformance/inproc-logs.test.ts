import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startInproc, writeFunction } from '../support/inproc.ts';
import { startWatchdog } from '../support/watchdog.ts';

describe('the log of inproc mode', { concurrency: 3 }, () => {
  test('stdout goes to stdout and stderr to stderr, by whole lines behind their prefix', async (t) => {
    const watchdog = await startInproc(t);
    await watchdog.request({ path: '/log?text=a' });
    const date = String.raw`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d`;
    await watchdog.stdout.waitFor(new RegExp(`${date} stdout: to-stdout a$`, 'm'));
    await watchdog.stdout.waitFor(new RegExp(`${date} stdout: in pieces$`, 'm'));
    await watchdog.stderr.waitFor(new RegExp(`${date} stderr: to-stderr a$`, 'm'));
    await watchdog.stderr.waitFor(
      new RegExp(String.raw`${date} GET /log\?text=a - 200 OK - ContentLength: 6B \(0\.\d{4}s\)$`, 'm'),
    );
  });

  test('prefix_logs=false leaves the lines as they are', async (t) => {
    const watchdog = await startInproc(t, { prefix_logs: 'false' });
    await watchdog.request({ path: '/log?text=b' });
    await watchdog.stdout.waitFor(/^to-stdout b\nin pieces\n/m);
    await watchdog.stderr.waitFor(/^to-stderr b$/m);
  });

  test('log_format=json', async (t) => {
    const watchdog = await startInproc(t, { log_format: 'json' });
    await watchdog.request({ path: '/rewrites?x=1', headers: { 'x-call-id': 'call-1' } });
    const [line] = await watchdog.stderr.waitFor(/^.*"path".*$/m);
    const { time: _time, duration, ...rest } = JSON.parse(line) as Record<string, unknown>;
    assert.equal(typeof duration, 'number');
    assert.deepEqual(
      { ...rest, msg: '' },
      {
        level: 'info',
        msg: '',
        method: 'GET',
        path: '/rewrites?x=1',
        status: 200,
        bytes: 9,
        call_id: 'call-1',
      },
    );
  });

  test('a line past log_buffer_size is cut, and none is lost', async (t) => {
    const watchdog = await startInproc(t, { prefix_logs: 'false', log_buffer_size: '1000' });
    await watchdog.request({ path: '/longline?length=2500' });
    await watchdog.stdout.waitFor(/after-long-line/);
    const lengths = watchdog.stdout.lines.map((line) => line.length);
    assert.deepEqual(lengths.slice(0, 3), [1000, 1000, 500]);
  });

  test('a line that was not ended is there at the end', async (t) => {
    const folder = writeFunction(t, {
      'a.mjs': `export default (request, response) => { process.stdout.write('no newline'); response.end(); }`,
    });
    const watchdog = await startWatchdog(t, {
      mode: 'inproc',
      handler_path: `${folder}/a.mjs`,
      prefix_logs: 'false',
    });
    await watchdog.request();
    watchdog.kill('SIGTERM');
    await watchdog.waitExit();
    assert.equal(watchdog.stdout.text, 'no newline\n');
  });

  test('a reader of the log that stalls does not hold up a request', async (t) => {
    const watchdog = await startInproc(t, { prefix_logs: 'false' }, { output: 'pipe' });
    watchdog.stdout.stall();
    for (let round = 0; round < 30; round += 1) {
      assert.equal((await watchdog.request({ path: '/longline?length=1000000' })).status, 200);
    }
    watchdog.stdout.readOn();
    await watchdog.stdout.waitFor(/log lines were dropped/);
  });
});
