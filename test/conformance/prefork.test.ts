import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { parseMetrics } from '../support/metrics.ts';
import { childrenOf, isAlive } from '../support/process-table.ts';
import { until } from '../support/wait.ts';
import { runWatchdog, startWatchdog, type Watchdog } from '../support/watchdog.ts';

const READY = { prefork: '2', cgi_headers: 'false' };

/** Answers with its process id and its input. */
const TELL = `sh -c 'cat; echo " by $$"'`;

async function untilReady(watchdog: Watchdog, number: number): Promise<number[]> {
  const ready = (): number[] | false => {
    const alive = childrenOf(watchdog.pid).filter(isAlive);
    return alive.length === number && alive;
  };
  return until(ready, `${number} processes to stand ready`);
}

describe('prefork', { concurrency: 3 }, () => {
  for (const mode of ['streaming', 'serializing', 'classic']) {
    test(`${mode}: a request is served by a process that stood ready, each by one of its own`, async (t) => {
      const watchdog = await startWatchdog(t, { ...READY, mode, fprocess: TELL });
      const seen = new Set<number>();
      for (let round = 0; round < 6; round += 1) {
        const ready = await untilReady(watchdog, 2);
        const { status, text } = await watchdog.request({ method: 'POST', body: `body ${round}` });
        assert.equal(status, 200, text);
        const [, body, pid] = /^(.*) by (\d+)\n$/.exec(text) ?? [];
        assert.equal(body, `body ${round}`);
        assert.ok(ready.includes(Number(pid)), `${pid} of ${ready.join()}`);
        seen.add(Number(pid));
      }
      assert.equal(seen.size, 6);
    });

    test(`${mode}: more requests than processes are served too`, async (t) => {
      const watchdog = await startWatchdog(t, { ...READY, mode, fprocess: 'cat' });
      const send = async (_: unknown, at: number): Promise<void> => {
        assert.equal((await watchdog.request({ method: 'POST', body: `body ${at}` })).text, `body ${at}`);
      };
      await Promise.all(Array.from({ length: 24 }, send));
      await untilReady(watchdog, 2);
    });
  }

  test('what a process writes to stderr before its request comes to the log', async (t) => {
    const watchdog = await startWatchdog(t, { ...READY, fprocess: `sh -c 'echo awake >&2; cat'` });
    await watchdog.stderr.waitFor(/stderr: awake/);
    assert.equal((await watchdog.request({ method: 'POST', body: 'b' })).text, 'b');
  });

  test('exec_timeout counts from the request, not from the start of its process', async (t) => {
    const watchdog = await startWatchdog(t, {
      ...READY,
      fprocess: `sh -c 'cat; exec sleep 600'`,
      exec_timeout: '300ms',
    });
    const ready = await untilReady(watchdog, 2);
    await new Promise((resolve) => {
      setTimeout(resolve, 600); // longer than exec_timeout, which must not end a process that stands ready
    });
    assert.deepEqual(await untilReady(watchdog, 2), ready);
    const answer = await watchdog.request();
    assert.equal(answer.status, 504);
    assert.match(answer.text, /exec_timeout of 300ms/);
    assert.ok(!isAlive(ready[0] ?? 0) || !isAlive(ready[1] ?? 0));
  });

  test('a process that dies by itself is replaced, later each time, and requests are served', async (t) => {
    const watchdog = await startWatchdog(t, { ...READY, fprocess: `sh -c 'echo served; exit 0'` });
    for (const delay of ['100ms', '200ms', '400ms']) {
      await watchdog.stderr.waitFor(
        new RegExp(`prefork: no process stands ready: it ended \\(exit status 0\\); .* in ${delay}`),
      );
    }
    const starts = parseMetrics(await watchdog.metrics()).get('function_starts_total') ?? 0;
    assert.ok(starts <= 10, `${starts} starts`);
    const answer = await watchdog.request();
    assert.deepEqual([answer.status, answer.text], [200, 'served\n']);
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
  });

  test('a process that was killed while it stood ready is replaced, and fails no request', async (t) => {
    const watchdog = await startWatchdog(t, { ...READY, fprocess: 'cat' });
    const killed = await untilReady(watchdog, 2);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await watchdog.stderr.waitFor(/it ended \(signal: killed\)/);
    await until(() => killed.every((pid) => !existsSync(`/proc/${pid}`)), 'both to be gone');
    assert.equal((await watchdog.request({ method: 'POST', body: 'b' })).text, 'b');
    await untilReady(watchdog, 2);
  });

  test('a program that cannot be started is told of', async (t) => {
    const watchdog = await startWatchdog(t, { ...READY, fprocess: '/does/not/exist' });
    await watchdog.stderr.waitFor(/prefork: no process stands ready: cannot start "\/does\/not\/exist"/);
    assert.equal((await watchdog.request()).status, 500);
  });

  test('what stands ready gets SIGTERM when the requests are done, and time to heed it', async (t) => {
    const watchdog = await startWatchdog(t, { ...READY, prefork: '1', fprocess: behaviour('tidy-up.sh') });
    await watchdog.waitForFile('began');
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit()).code, 0);
    assert.ok(existsSync(path.join(watchdog.folder, 'tidied')));
    assert.deepEqual(watchdog.leftovers(), []);
  });

  test('without cgi_headers=false the start is refused with one line', async (t) => {
    const run = await runWatchdog(t, { prefork: '1', fprocess: 'cat' });
    assert.equal(run.code, 1);
    assert.match(run.stderr.trimEnd().split('\n').at(-1) ?? '', /prefork=1 needs cgi_headers=false/);
  });
});
