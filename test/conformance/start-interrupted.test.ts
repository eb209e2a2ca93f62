import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { serverFunction, startUpstream } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { Watchdog, type Variables } from '../support/watchdog.ts';

/** Moments of the start, each by its line in the log. */
const MOMENTS = [/Version:/, /Forking:/, /Listening on port/, /Writing lock-file/];

describe('told to stop while it starts', { concurrency: 3 }, () => {
  for (const moment of MOMENTS) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      test(`${signal} at ${moment}: it ends, and leaves neither function nor lock-file`, async (t) => {
        const { url } = await startUpstream(t);
        const variables: Variables = { mode: 'http', fprocess: 'sleep 600', upstream_url: url };
        const watchdog = Watchdog.spawn(t, variables);
        await watchdog.stderr.waitFor(moment);
        watchdog.kill(signal);
        const exit = await watchdog.waitExit();
        assert.ok(exit.code === 0 || exit.signal === signal || exit.code === 143 || exit.code === 130);
        await until(() => watchdog.leftovers().length === 0, 'the function to be gone');
        assert.ok(!existsSync(watchdog.lockFile));
      });
    }
  }

  test('while the function boots: it ends, and leaves nothing', async (t) => {
    const watchdog = Watchdog.spawn(t, serverFunction({ start_delay_ms: '60000' }));
    await watchdog.waitListening();
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit()).code, 0);
    assert.deepEqual(watchdog.leftovers(), []);
  });
});
