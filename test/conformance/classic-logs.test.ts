import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startWatchdog } from '../support/watchdog.ts';

const DATE = String.raw`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d `;

function dated(line: string): RegExp {
  return new RegExp(`${DATE}${line}$`, 'm');
}

describe('the log of classic mode', { concurrency: 3 }, () => {
  test('tells of the fork, what was written, and the request', async (t) => {
    const watchdog = await startWatchdog(t, { mode: 'classic', fprocess: 'echo four' });
    await watchdog.request({ path: '/p?q=1' });
    await watchdog.stderr.waitFor(dated(String.raw`GET /p\?q=1 - 200 - ContentLength: 5B \(\d+\.\d{4}s\)`));
    assert.match(watchdog.stderr.text, dated(String.raw`Forking fprocess\.`));
    assert.match(watchdog.stderr.text, dated(String.raw`Wrote 5 Bytes - Duration: \d+\.\d{6}s`));
  });

  test('write_debug prints the response instead, and query and path', async (t) => {
    const watchdog = await startWatchdog(t, { mode: 'classic', fprocess: 'echo four', write_debug: 'true' });
    await watchdog.request({ path: '/p?q=1' });
    await watchdog.stdout.waitFor(/^four\n/m);
    await watchdog.stderr.waitFor(dated(String.raw`Duration: \d+\.\d{6}s`));
    assert.match(watchdog.stderr.text, dated('Query +q=1'));
    assert.match(watchdog.stderr.text, dated('Path +/p'));
    assert.doesNotMatch(watchdog.log, /Wrote 5 Bytes/);
  });

  test('write_debug prints errors with the output', async (t) => {
    const fprocess = 'sh -c "echo partial; exit 2"';
    const watchdog = await startWatchdog(t, { mode: 'classic', fprocess, write_debug: 'true' });
    await watchdog.request();
    await watchdog.stderr.waitFor(dated('Success=false, Error=exit status 2'));
    await watchdog.stderr.waitFor(dated('Out=partial'));
  });

  test('debug_headers prints those that come in and go out', async (t) => {
    const watchdog = await startWatchdog(t, { mode: 'classic', fprocess: 'cat', debug_headers: 'true' });
    await watchdog.request({ headers: { 'x-one': ['1', '2'] }, method: 'POST', body: 'x' });
    await watchdog.stdout.waitFor(/^\[in\] X-One=\[1 2\]$/m);
    await watchdog.stdout.waitFor(/^\[out\] X-Duration-Seconds=\[\d+\.\d{6}\]$/m);
  });
});
