import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { behaviour } from '../support/command.ts';
import { startWatchdog, type Watchdog } from '../support/watchdog.ts';

const JUMP = path.join(path.dirname(fileURLToPath(import.meta.url)), '../fixtures/clock/jump.cjs');

/** @param times how many jumps the log has then */
async function jump(watchdog: Watchdog, times: number): Promise<void> {
  process.kill(watchdog.pid, 'SIGUSR2');
  await watchdog.stderr.waitFor(new RegExp(`(?:the clock has jumped[^]*){${times}}`));
}

describe('a clock that jumps a day, and back', { concurrency: 2 }, () => {
  for (const mode of ['streaming', 'serializing']) {
    test(`${mode}: ends no request too early, and none too late`, async (t) => {
      const watchdog = await startWatchdog(t, {
        mode,
        fprocess: behaviour('by-path.sh'),
        NODE_OPTIONS: `--require ${JUMP}`,
        exec_timeout: '1s',
      });
      const before = watchdog.request({ path: '/hang' });
      await jump(watchdog, 1);
      assert.equal((await watchdog.request({ path: '/ok' })).status, 200, 'a day later');
      await jump(watchdog, 2);
      assert.equal((await watchdog.request({ path: '/ok' })).status, 200, 'a day before');
      const answer = await before;
      assert.equal(answer.status, 504);
      assert.match(answer.text, /exec_timeout of 1s/);
      const seconds = Number(answer.headers['x-duration-seconds']);
      assert.ok(seconds >= 1 && seconds < 3600, `it took ${seconds} s by the watchdog's count`);
      assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
      assert.doesNotMatch(await watchdog.metrics(), /_sum\{[^}]*\} (-|\d{4,})/);
    });
  }
});
