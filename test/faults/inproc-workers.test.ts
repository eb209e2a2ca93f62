import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startInproc } from '../support/inproc.ts';
import { assertNothingLeaked, holdingsOf } from '../support/leaks.ts';
import { parseMetrics } from '../support/metrics.ts';
import { childrenOf } from '../support/process-table.ts';
import { until } from '../support/wait.ts';

test('workers that die again and again leave nothing', async (t) => {
  const watchdog = await startInproc(t, { inproc_workers: '3' });
  await watchdog.request();
  const before = holdingsOf(watchdog);
  for (let round = 1; round <= 4; round += 1) {
    const pids = childrenOf(watchdog.pid);
    const inFlight = Array.from({ length: 6 }, () => watchdog.request({ path: '/hang' }));
    await until(async () => {
      return parseMetrics(await watchdog.metrics()).get('http_requests_in_flight') === inFlight.length;
    }, 'all in flight');
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    for (const answer of await Promise.all(inFlight)) assert.equal(answer.status, 0);
    await until(() => {
      const now = childrenOf(watchdog.pid);
      return now.length === 3 && !now.some((pid) => pids.includes(pid));
    }, 'three others');
    assert.equal((await watchdog.request()).status, 200, 'a request that comes meanwhile waits');
  }
  await until(async () => {
    const metrics = parseMetrics(await watchdog.metrics());
    return metrics.get('function_starts_total') === 15 && metrics.get('http_requests_in_flight') === 0;
  }, 'the figures of all');
  await assertNothingLeaked(watchdog, before);
});

test('a child that a worker has started ends with it', async (t) => {
  const watchdog = await startInproc(t, { inproc_workers: '2', exec_timeout: '500ms' });
  const child = Number((await watchdog.request({ path: '/spawn' })).text);
  assert.ok(watchdog.leftovers().includes(child));
  for (const pid of childrenOf(watchdog.pid)) process.kill(pid, 'SIGKILL');
  await until(() => !watchdog.leftovers().includes(child), 'the child to be gone');
});
