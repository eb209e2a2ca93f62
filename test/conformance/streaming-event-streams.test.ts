import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

describe('event streams of a process', { concurrency: 4 }, () => {
  for (const accept of ['text/event-stream', 'application/x-ndjson']) {
    test(`streaming: Accept: ${accept} is held to neither exec_timeout nor X-Timeout`, async (t) => {
      const watchdog = await startWatchdog(t, {
        fprocess: behaviour('two-events.sh'),
        exec_timeout: '200ms',
      });
      const answer = await watchdog.request({ headers: { accept, 'x-timeout': '100ms' } });
      assert.deepEqual([answer.text, answer.aborted], ['data: first\n\ndata: last\n\n', false]);
    });
  }

  test('streaming: but to write_timeout', async (t) => {
    const timeouts = { exec_timeout: '0', write_timeout: '300ms' };
    const watchdog = await startWatchdog(t, { fprocess: behaviour('begin-and-hang.sh'), ...timeouts });
    const answer = await watchdog.request({ headers: { accept: 'text/event-stream' } });
    assert.deepEqual([answer.text, answer.aborted], ['begin\n', true]);
    await until(() => watchdog.leftovers().length === 0, 'the process to be gone');
  });

  for (const mode of ['serializing', 'classic']) {
    test(`${mode}, which buffers: exec_timeout holds`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'sleep 60', exec_timeout: '200ms' });
      const answer = await watchdog.request({ headers: { accept: 'text/event-stream' } });
      assert.equal(answer.status, mode === 'classic' ? 408 : 504);
    });
  }
});
