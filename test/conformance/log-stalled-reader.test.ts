import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { residentBytesOf } from '../support/process-table.ts';
import { serverFunction, startServing } from '../support/upstream.ts';
import { settled, until } from '../support/wait.ts';
import { startWatchdog, type Watchdog } from '../support/watchdog.ts';

const FLOOD_LINE = 'x'.repeat(60_000);
const FLOOD_ROUNDS = 350;

/** Makes the function print some 21 MB, none of which is read. */
async function flood(watchdog: Watchdog): Promise<void> {
  for (let round = 0; round < FLOOD_ROUNDS; round += 1) {
    const answer = await watchdog.request({
      path: `/longline?length=${FLOOD_LINE.length}`,
      deadlineMs: 5000,
    });
    assert.equal(answer.status, 200, `round ${round}: ${answer.error}`);
  }
}

describe('when the reader of the log stalls', { concurrency: 2 }, () => {
  for (const kind of ['socket', 'pipe'] as const) {
    test(`the function is served on, memory is bounded, and what was dropped is told (${kind})`, async (t) => {
      const variables = { prefix_logs: 'false', log_format: 'text' };
      const watchdog = await startWatchdog(t, serverFunction(variables), { output: kind });
      await until(async () => (await watchdog.request()).text === 'served', 'the function to serve');
      const before = residentBytesOf(watchdog.pid);
      watchdog.stdout.stall();
      watchdog.stderr.stall();
      await flood(watchdog);
      assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
      const grown = residentBytesOf(watchdog.pid) - before;
      assert.ok(grown < 120 << 20, `grew by ${grown >> 20} MiB`);

      watchdog.stdout.readOn();
      watchdog.stderr.readOn();
      await settled(() => watchdog.stdout.bytes, 300);
      const told = watchdog.log.split('\n').find((line) => line.includes('dropped'));
      assert.match(told ?? 'nothing', /\d+ /, 'how many');
      const own = watchdog.stdout.lines.filter((line) => /^x+$/.test(line));
      assert.ok(
        own.every((line) => line === FLOOD_LINE),
        'whole lines or none',
      );
      assert.ok(own.length > 0 && own.length < FLOOD_ROUNDS);

      await watchdog.request({ path: '/log?text=afterwards' });
      await watchdog.stdout.waitFor(/^to-stdout afterwards$/m);
    });
  }

  test('for less than what can wait, nothing is lost', async (t) => {
    const watchdog = await startServing(t, { prefix_logs: 'false' });
    watchdog.stdout.stall();
    for (let round = 0; round < 40; round += 1) {
      await watchdog.request({ path: `/longline?length=${FLOOD_LINE.length}` });
    }
    watchdog.stdout.readOn();
    await until(
      () => watchdog.stdout.lines.filter((line) => line === FLOOD_LINE).length === 40,
      'every line',
    );
    assert.doesNotMatch(watchdog.log, /dropped/);
  });

  test('and goes away altogether, the function is served on, and the end is in order', async (t) => {
    const watchdog = await startServing(t, { prefix_logs: 'false' });
    watchdog.stdout.close();
    watchdog.stderr.close();
    for (let round = 0; round < 50; round += 1) {
      assert.equal((await watchdog.request({ path: '/log?text=unheard' })).status, 200);
    }
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit()).code, 0);
  });

  test('it does not hold up the end', async (t) => {
    const watchdog = await startServing(t, { prefix_logs: 'false' });
    watchdog.stdout.stall();
    watchdog.stderr.stall();
    for (let round = 0; round < 40; round += 1) {
      await watchdog.request({ path: `/longline?length=${FLOOD_LINE.length}` });
    }
    watchdog.kill('SIGTERM');
    await until(() => watchdog.hasEnded, 'the end');
  });
});
