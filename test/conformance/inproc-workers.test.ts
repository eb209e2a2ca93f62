import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startInproc, writeFunction } from '../support/inproc.ts';
import { parseMetrics } from '../support/metrics.ts';
import { childrenOf, isAlive } from '../support/process-table.ts';
import type { Answer } from '../support/request.ts';
import { until } from '../support/wait.ts';
import { runWatchdog, startWatchdog, type Watchdog } from '../support/watchdog.ts';

const TWO = { inproc_workers: '2' };

/** The processes that have answered, once there are two. */
async function pidsOf(watchdog: Watchdog): Promise<number[]> {
  const pids = new Set<number>();
  await until(async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => watchdog.request({ path: '/pid' })));
    for (const { text } of answers) pids.add(Number(text));
    return pids.size === 2;
  }, 'an answer of each worker');
  return [...pids];
}

async function metricsOf(watchdog: Watchdog): Promise<Map<string, number>> {
  return parseMetrics(await watchdog.metrics());
}

describe('inproc_workers', { concurrency: 2 }, () => {
  test('several processes on one port, with one lock-file, log and metrics', async (t) => {
    const watchdog = await startInproc(t, TWO);
    const pids = await pidsOf(watchdog);
    assert.deepEqual(new Set(childrenOf(watchdog.pid)), new Set(pids));
    assert.equal((await watchdog.request({ path: '/_/ready' })).status, 200);
    const before = await metricsOf(watchdog);
    await Promise.all(Array.from({ length: 40 }, (_, at) => watchdog.request({ path: `/log?text=${at}` })));
    const after = await metricsOf(watchdog);
    const name = 'http_requests_total{code="200",method="get"}';
    assert.equal((after.get(name) ?? 0) - (before.get(name) ?? 0), 40);
    assert.equal(after.get('http_request_duration_seconds_count{code="200",method="get"}'), after.get(name));
    assert.equal(after.get('function_starts_total'), 2);
    assert.equal(after.get('http_requests_in_flight'), 0);
    assert.ok((after.get('function_resident_memory_bytes') ?? 0) > 2 << 20);
    for (let at = 0; at < 40; at += 1) {
      await watchdog.stdout.waitFor(new RegExp(`stdout: to-stdout ${at}$`, 'm'));
      await watchdog.stderr.waitFor(new RegExp(String.raw`GET /log\?text=${at} - 200 OK`));
    }
    assert.equal(watchdog.stderr.lines.filter((line) => line.includes('Listening on port')).length, 1);
  });

  test('a handler that never yields is ended in time, and others go on', async (t) => {
    const watchdog = await startInproc(t, { ...TWO, exec_timeout: '600ms' });
    await pidsOf(watchdog);
    const hanging = watchdog.request({ path: '/block-for-ever' });
    await watchdog.stderr.waitFor(/blocks for ever/);
    const others = await Promise.all(Array.from({ length: 10 }, () => watchdog.request()));
    assert.deepEqual([...new Set(others.map(({ status }) => status))], [200]);
    const ended = await hanging;
    assert.equal(ended.status, 0);
    assert.ok(ended.ms > 550 && ended.ms < 5000, `${ended.ms} ms`);
    await watchdog.stderr.waitFor(
      /exec_timeout of 600ms passed without a sign of life of worker \d+: killed/,
    );
    await pidsOf(watchdog);
    const metrics = await metricsOf(watchdog);
    assert.equal(metrics.get('http_requests_total{code="504",method="unknown"}'), 1);
    assert.equal(metrics.get('function_starts_total'), 3);
    assert.equal(metrics.get('http_requests_in_flight'), 0);
  });

  test('all that hang at once: who comes meanwhile waits, and is served', async (t) => {
    const watchdog = await startInproc(t, { ...TWO, exec_timeout: '500ms' });
    await pidsOf(watchdog);
    const first = watchdog.request({ path: '/block-for-ever' });
    await watchdog.stderr.waitFor(/blocks for ever/);
    const second = watchdog.request({ path: '/block-for-ever' });
    await watchdog.stderr.waitFor(/blocks for ever[^]*blocks for ever/);
    const waiting = watchdog.request();
    assert.deepEqual([(await first).status, (await second).status], [0, 0]);
    assert.equal((await waiting).status, 200);
  });

  for (const [path, reason] of [
    ['/kill', /ended \(signal: killed\)/],
    ['/exit?code=3', /ended \(exit status 1\)/],
    ['/throw-later', /an error that nobody caught: thrown in a timer/],
  ] as const) {
    test(`a worker that dies is started again: ${path}`, async (t) => {
      const watchdog = await startInproc(t, TWO);
      const before = await pidsOf(watchdog);
      await watchdog.request({ path });
      await watchdog.stderr.waitFor(reason);
      await watchdog.stderr.waitFor(/it is started again in 100ms/);
      const after = await pidsOf(watchdog);
      assert.equal(after.filter((pid) => before.includes(pid)).length, 1);
      assert.equal(watchdog.hasEnded, false);
    });
  }

  test('one that cannot start any more is tried ever more seldom', async (t) => {
    const folder = writeFunction(t, {
      'a.cjs': `const { existsSync } = require('node:fs');
        if (existsSync(process.env.TMPDIR + '/broken')) throw new Error('no more');
        module.exports = (request, response) => request.url === '/die' ? process.kill(process.pid, 'SIGKILL') : response.end('ok');`,
    });
    const watchdog = await startWatchdog(t, { mode: 'inproc', handler_path: `${folder}/a.cjs`, ...TWO });
    watchdog.makeFile('broken');
    await watchdog.request({ path: '/die' });
    await watchdog.stderr.waitFor(/no more\); it is started again in 200ms/);
    await watchdog.stderr.waitFor(/no more\); it is started again in 400ms/);
    assert.equal((await watchdog.request()).text, 'ok');
  });

  test('timeouts are kept in each', async (t) => {
    const watchdog = await startInproc(t, { ...TWO, exec_timeout: '300ms' });
    const answers = await Promise.all(Array.from({ length: 6 }, () => watchdog.request({ path: '/hang' })));
    for (const answer of answers) assert.match(answer.text, /^exec_timeout of 300ms/);
  });

  test('max_inflight is divided among them', async (t) => {
    const watchdog = await startInproc(t, { inproc_workers: '4', max_inflight: '2' });
    assert.equal(childrenOf(watchdog.pid).length, 2);
    const held: Promise<Answer>[] = [];
    await until(async () => {
      held.push(watchdog.request({ path: '/until?file=go' }));
      return (await metricsOf(watchdog)).get('http_requests_in_flight') === 2;
    }, 'two in flight');
    assert.equal((await watchdog.request()).status, 429);
    watchdog.makeFile('go');
    const statuses = (await Promise.all(held)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, 2, statuses.join(' '));
  });

  test('SIGTERM: health 503, requests in flight are finished, no process is left', async (t) => {
    const watchdog = await startInproc(t, { ...TWO, healthcheck_interval: '300ms' });
    const pids = await pidsOf(watchdog);
    const slow = Promise.all(Array.from({ length: 4 }, () => watchdog.request({ path: '/slow?ms=800' })));
    await watchdog.stdout.waitFor(/slow request begins/);
    watchdog.kill('SIGTERM');
    await watchdog.stderr.waitFor(/no new connections in/);
    await until(
      async () => (await watchdog.request({ path: '/_/health' })).status === 503,
      'to be unhealthy',
    );
    assert.equal((await watchdog.request()).status, 200);
    assert.deepEqual([...new Set((await slow).map(({ text }) => text))], ['slow done']);
    assert.equal((await watchdog.waitExit()).code, 0);
    assert.deepEqual(pids.filter(isAlive), []);
    assert.deepEqual(watchdog.leftovers(), []);
  });

  test('a second signal ends them at once, hung ones too', async (t) => {
    const watchdog = await startInproc(t, { ...TWO, healthcheck_interval: '30s', exec_timeout: '0' });
    const pids = await pidsOf(watchdog);
    void watchdog.request({ path: '/block-for-ever' });
    await watchdog.stderr.waitFor(/blocks for ever/);
    watchdog.kill('SIGTERM');
    await watchdog.stderr.waitFor(/no new connections in/);
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit()).code, 143);
    await until(() => !pids.some(isAlive), 'the workers to be gone');
  });

  test('workers end with a watchdog that was killed', async (t) => {
    const watchdog = await startInproc(t, TWO);
    const pids = await pidsOf(watchdog);
    watchdog.kill('SIGKILL');
    await until(() => !pids.some(isAlive), 'the workers to be gone');
  });

  test('a function that cannot start: non-zero, with one clear line', async (t) => {
    const folder = writeFunction(t, { 'a.js': "throw new Error('at load');" });
    const run = await runWatchdog(t, { mode: 'inproc', handler_path: `${folder}/a.js`, ...TWO });
    assert.equal(run.code, 1);
    const lines = run.stderr.split('\n').filter((line) => line.includes('at load'));
    assert.equal(lines.length, 1, run.stderr);
    assert.match(lines[0] ?? '', /Error: cannot load the function .*a\.js: at load/);
  });

  test('a port in use: non-zero, with one clear line', async (t) => {
    const first = await startInproc(t);
    const run = await runWatchdog(t, {
      mode: 'inproc',
      handler_path: `${first.folder}`,
      port: String(first.port),
      ...TWO,
    });
    assert.equal(run.code, 1);
    assert.match(run.stderr, new RegExp(`Error: cannot listen on port ${first.port}: `));
  });
});
