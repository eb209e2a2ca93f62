import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { assertNothingLeaked, holdingsOf } from '../support/leaks.ts';
import { limitFiles } from '../support/limit-files.ts';
import { parseMetrics } from '../support/metrics.ts';
import { childrenOf } from '../support/process-table.ts';
import { serverFunction } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { connectToEach, startWithWorkers, workersOf } from '../support/workers.ts';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

describe('a worker that is killed', { concurrency: 2 }, () => {
  for (const native of ['true', 'false']) {
    for (const mode of ['streaming', 'serializing', 'classic']) {
      test(`${mode}, native_fork=${native}: its process is ended, and the others’ requests go on`, async (t) => {
        const watchdog = await startWithWorkers(t, {
          mode,
          fprocess: behaviour('until-file.sh', 'go'),
          native_fork: native,
        });
        const connections = await connectToEach(watchdog);
        const [victim = 0, other = 0] = connections.keys();
        for (const connection of connections.values()) connection.send(GET);
        const [doomed = 0] = await until(() => {
          const all = [...connections.keys()].map(childrenOf);
          return all.every((children) => children.length === 1) && childrenOf(victim);
        }, 'a process of each');
        // its figures, which tell the processes that it has started, are asked for with the metrics
        const before = parseMetrics(await watchdog.metrics());
        assert.equal(before.get('http_requests_in_flight'), 2);
        process.kill(victim, 'SIGKILL');
        await connections.get(victim)?.waitClosed();
        assert.equal(connections.get(victim)?.received, '');
        await until(() => !watchdog.leftovers().includes(doomed), 'its process to be gone');
        await watchdog.stderr.waitFor(/Worker \d+ ended \(signal: killed\); it is started again in 100ms/);
        const next = Array.from({ length: 8 }, () => watchdog.request());
        watchdog.makeFile('go');
        await connections.get(other)?.waitFor(/200 OK[^]*done/);
        for (const { status } of await Promise.all(next)) assert.equal(status, 200);
        await until(() => workersOf(watchdog).length === 2, 'another worker');
        assert.ok(!workersOf(watchdog).includes(victim));
      });
    }
  }

  for (const mode of ['streaming', 'http']) {
    test(`${mode}: again and again, it leaves nothing, and the counts go on`, async (t) => {
      const function_ = mode === 'http' ? serverFunction() : { mode, fprocess: 'cat' };
      const watchdog = await startWithWorkers(t, function_);
      await until(async () => (await watchdog.request()).status === 200, 'the function to serve');
      const before = holdingsOf(watchdog);
      let cpu = 0;
      let requests = 0;
      for (let round = 0; round < 4; round += 1) {
        for (const connection of (await connectToEach(watchdog)).values()) {
          connection.send(GET);
          await connection.waitFor(/200 OK/);
          await connection.waitClosed();
        }
        const metrics = parseMetrics(await watchdog.metrics());
        const counted = metrics.get('http_requests_total{code="200",method="get"}') ?? 0;
        assert.ok(counted >= requests + 2, `${counted} after ${requests}`);
        requests = counted;
        const now = metrics.get('process_cpu_seconds_total') ?? 0;
        assert.ok(now >= cpu, `${now} s after ${cpu} s`);
        cpu = now;
        const doomed = workersOf(watchdog);
        for (const pid of doomed) process.kill(pid, 'SIGKILL');
        await until(() => {
          const living = workersOf(watchdog);
          return living.length === 2 && !living.some((pid) => doomed.includes(pid));
        }, 'two others');
        assert.equal((await watchdog.request()).status, 200, 'a request that comes meanwhile waits');
      }
      await assertNothingLeaked(watchdog, before);
    });
  }

  test('while no descriptor is left: it is tried ever more seldom, and the other serves', async (t) => {
    const watchdog = await startWithWorkers(t, { fprocess: 'cat' });
    const [victim = 0] = workersOf(watchdog);
    if (!limitFiles(t, watchdog, -6)) return;
    process.kill(victim, 'SIGKILL');
    await watchdog.stderr.waitFor(
      /A worker could not be started \(spawn .* EMFILE\); it is started again in 400ms/,
    );
    assert.equal((await watchdog.request({ method: 'POST', body: 'served' })).text, 'served');
    limitFiles(t, watchdog, 100);
    await until(() => workersOf(watchdog).length === 2, 'another worker');
    assert.equal(watchdog.hasEnded, false);
  });

  test('one that comes back while the watchdog ends is unhealthy from the first', async (t) => {
    const watchdog = await startWithWorkers(t, { fprocess: 'cat', healthcheck_interval: '3s' });
    watchdog.kill('SIGTERM');
    await watchdog.stderr.waitFor(/no new connections in/);
    const doomed = workersOf(watchdog);
    for (const pid of doomed) process.kill(pid, 'SIGKILL');
    await until(() => workersOf(watchdog).filter((pid) => !doomed.includes(pid)).length === 2, 'two others');
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 503);
    assert.equal((await watchdog.request()).status, 200);
    assert.equal((await watchdog.waitExit()).code, 0);
  });
});
