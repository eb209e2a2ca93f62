import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limitFiles } from '../support/limit-files.ts';
import { startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

describe('when descriptors run out', { concurrency: 2 }, () => {
  for (const mode of ['streaming', 'serializing', 'classic']) {
    test(`${mode}: requests fail with 500 or are refused, and it recovers`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'sleep 0.3' });
      await watchdog.request();
      if (!limitFiles(t, watchdog, 24)) return;
      const answers = await Promise.all(
        Array.from({ length: 60 }, () => watchdog.request({ method: 'POST', body: 'b', deadlineMs: 8000 })),
      );
      const statuses = answers.map(({ status }) => status);
      assert.ok(
        statuses.some((status) => status !== 200),
        'the limit was met',
      );
      for (const { status, error } of answers)
        assert.ok([200, 500, 0].includes(status), `${status} ${error}`);
      await until(() => watchdog.leftovers().length === 0, 'no process to be left');
      await until(async () => (await watchdog.request()).status === 200, 'service to be resumed');
      assert.ok(!watchdog.hasEnded);
    });
  }

  test('http: requests fail with 500 or are refused, and it recovers', async (t) => {
    const { watchdog } = await startForwarding(t, (_request, response) => {
      setTimeout(() => response.end('ok'), 300);
    });
    await watchdog.request();
    if (!limitFiles(t, watchdog, 20)) return;
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => watchdog.request({ method: 'POST', body: 'b', deadlineMs: 8000 })),
    );
    for (const { status, error } of answers) assert.ok([200, 500, 0].includes(status), `${status} ${error}`);
    await until(async () => (await watchdog.request()).status === 200, 'service to be resumed');
    assert.ok(!watchdog.hasEnded);
  });
});
