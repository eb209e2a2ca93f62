import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture } from '../support/command.ts';
import { inprocFunction } from '../support/inproc.ts';
import { parseMetrics } from '../support/metrics.ts';
import { childrenOf, isAlive } from '../support/process-table.ts';
import { serverFunction } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { runWatchdog, startWatchdog, type Variables } from '../support/watchdog.ts';
import { connectToEach, startWithWorkers, workersOf } from '../support/workers.ts';

/** A function for each mode, which answers a GET of /pid with 200. */
const MODES: Readonly<Record<string, () => Variables>> = {
  streaming: () => ({ mode: 'streaming', fprocess: `sh -c 'echo $PPID'` }),
  serializing: () => ({ mode: 'serializing', fprocess: `sh -c 'echo $PPID'` }),
  classic: () => ({ mode: 'classic', fprocess: `sh -c 'echo $PPID'` }),
  http: () => serverFunction(),
  static: () => ({ mode: 'static', static_path: fixture('') }),
  inproc: () => inprocFunction(),
};
const FORKING = ['streaming', 'serializing', 'classic'];

describe('workers', { concurrency: 2 }, () => {
  for (const [mode, variables] of Object.entries(MODES)) {
    test(`${mode}: each answers, and the metrics are the sums`, async (t) => {
      const watchdog = await startWithWorkers(t, variables());
      await until(
        async () => (await watchdog.request({ path: '/_/ready' })).status === 200,
        'the function to be ready',
      );
      const path = mode === 'static' ? '/server.mjs' : '/pid';
      const workers = workersOf(watchdog);
      assert.equal(workers.length, 2);
      const bodies = new Map<number, string>();
      for (const [pid, connection] of await connectToEach(watchdog)) {
        connection.send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        await connection.waitClosed();
        assert.match(connection.received, /^HTTP\/1\.1 200 OK\r\n/);
        bodies.set(pid, /\d+(?=\n?(?:\r\n0\r\n\r\n)?$)/.exec(connection.received)?.[0] ?? '');
      }
      if (mode !== 'static' && mode !== 'http')
        for (const [pid, body] of bodies) assert.equal(Number(body), pid);
      const metrics = parseMetrics(await watchdog.metrics());
      assert.equal(metrics.get('http_requests_total{code="200",method="get"}'), 2);
      assert.equal(metrics.get('http_request_duration_seconds_count{code="200",method="get"}'), 2);
      assert.equal(metrics.get('http_requests_in_flight'), 0);
      const starts = { http: 1, static: 0 }[mode] ?? 2;
      assert.equal(metrics.get('function_starts_total'), starts);
    });

    const format = ['http', 'classic', 'inproc'].includes(mode) ? 'json' : 'text';
    test(`${mode}: one access line for each request, and the lines of the start as with one process, as ${format}`, async (t) => {
      const start = async (workers: string): Promise<string[]> => {
        const watchdog = await startWatchdog(t, { ...variables(), workers, log_format: format });
        await watchdog.request({ path: '/line' });
        await watchdog.stderr.waitFor(/GET \/line - |"path":"\/line"/);
        const folder = new RegExp(watchdog.folder, 'g');
        return watchdog.stderr.lines.map((line) =>
          line
            .replace(/^[\d/]+ [\d:]+ /, '')
            .replace(folder, 'TMPDIR')
            .replace(/\d+(?:\.\d+s)?/g, 'N'),
        );
      };
      assert.deepEqual(await start('2'), await start('0'));
    });
  }

  for (const mode of FORKING) {
    test(`${mode}: the environment of a process is what it is without`, async (t) => {
      const names = async (workers: string): Promise<string[]> => {
        const watchdog = await startWatchdog(t, { mode, fprocess: 'env', workers });
        const { text } = await watchdog.request();
        return text
          .split('\n')
          .filter((line) => !/^(TMPDIR|HOME|workers|Http_Host|PWD)=/.test(line))
          .toSorted();
      };
      assert.deepEqual(await names('2'), await names('1'));
    });
  }

  test('the processes of all are in the metrics', async (t) => {
    const watchdog = await startWithWorkers(t, { fprocess: `sh -c 'while :; do :; done'` });
    const slow = [...(await connectToEach(watchdog)).values()];
    for (const connection of slow) connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const metrics = await until(async () => {
      const seen = parseMetrics(await watchdog.metrics());
      return seen.get('function_starts_total') === 2 && seen;
    }, 'both processes');
    assert.equal(metrics.get('http_requests_in_flight'), 2);
    assert.equal(metrics.get('function_open_requests'), 2);
    assert.ok((metrics.get('function_resident_memory_bytes') ?? 0) > 0);
    for (const connection of slow) connection.destroy();
    await until(async () => {
      const seen = parseMetrics(await watchdog.metrics());
      return seen.get('http_requests_total{code="499",method="get"}') === 2;
    }, 'both to be counted');
    const after = parseMetrics(await watchdog.metrics());
    assert.ok((after.get('function_cpu_seconds_total') ?? 0) > 0);
    assert.equal(after.get('function_resident_memory_bytes'), 0);
  });

  test('max_inflight is divided among them', async (t) => {
    const watchdog = await startWithWorkers(t, {
      fprocess: `sh -c 'while [ ! -e "$TMPDIR/go" ]; do sleep 0.02; done; echo done'`,
      max_inflight: '2',
      workers: '4',
    });
    assert.equal(workersOf(watchdog).length, 2);
    const held = [...(await connectToEach(watchdog)).values()];
    for (const connection of held) connection.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await until(
      async () => parseMetrics(await watchdog.metrics()).get('http_requests_in_flight') === 2,
      'two in flight',
    );
    const refused = await watchdog.request();
    assert.equal(refused.status, 429);
    assert.match(refused.text, /Max concurrent requests: 2\n/);
    assert.equal((await watchdog.request({ path: '/_/ready' })).status, 429);
    watchdog.makeFile('go');
    for (const connection of held) await connection.waitFor(/200 OK[^]*done/);
  });

  for (const [prefork, each] of [
    ['4', 2],
    ['1', 1],
  ] as const) {
    test(`prefork=${prefork} is divided among two: ${each} each`, async (t) => {
      const watchdog = await startWithWorkers(t, { fprocess: 'cat', prefork, cgi_headers: 'false' });
      await until(
        () =>
          workersOf(watchdog).every((pid) => childrenOf(pid).filter(isAlive).length === each) &&
          workersOf(watchdog).length === 2,
        'them to stand ready',
      );
      assert.equal((await watchdog.request({ method: 'POST', body: 'b' })).text, 'b');
    });
  }

  for (const [workers, expected] of [
    ['0', 0],
    ['1', 0],
    ['3', 3],
  ] as const) {
    test(`workers=${workers}: ${expected} processes beside the watchdog`, async (t) => {
      const watchdog = await startWatchdog(t, { fprocess: 'cat', workers });
      // its child looks like a worker until it executes a different program
      await until(() => workersOf(watchdog).length === expected, `${expected} workers`);
    });
  }

  test('a port in use: non-zero, with one clear line', async (t) => {
    const first = await startWatchdog(t, { fprocess: 'cat' });
    const run = await runWatchdog(t, { fprocess: 'cat', port: String(first.port), workers: '2' });
    assert.equal(run.code, 1);
    assert.match(run.stderr, new RegExp(`Error: cannot listen on port ${first.port}: `));
  });
});
