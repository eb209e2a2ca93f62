import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fixture, IDLE } from '../support/command.ts';
import { childrenOf } from '../support/process-table.ts';
import { until } from '../support/wait.ts';
import { startWatchdog, type Variables } from '../support/watchdog.ts';

/**
 * Reads the number that is added to a process's size before the largest process is killed (proc(5)); undefined for a
 * process that has gone.
 */
function scoreOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'));
  } catch {
    return 0;
  }
}

const skip =
  (process.platform !== 'linux' && 'only Linux has an oom_score_adj') ||
  (scoreOf(process.pid) > 990 && 'it is at its highest here already');

describe('out of memory', { concurrency: 2, skip }, () => {
  const streaming = { fprocess: "sh -c 'sleep 60 | sleep 60'" };
  for (const [name, variables, asks] of [
    ['a process of a request', { ...streaming, native_fork: 'true' }, true],
    ['one by child_process', { ...streaming, native_fork: 'false' }, true],
    ['the server of http mode', { mode: 'http', fprocess: IDLE, upstream_url: 'http://127.0.0.1:9' }, false],
    ['inproc_workers', { mode: 'inproc', inproc_workers: '2', handler_path: fixture('identity.mjs') }, false],
  ] as const satisfies readonly (readonly [string, Variables, boolean])[]) {
    test(`${name} is to be ended before the watchdog, with all that it started`, async (t) => {
      const watchdog = await startWatchdog(t, variables);
      const before = scoreOf(process.pid);
      if (asks) (await watchdog.connect()).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      const descendants = (): number[] =>
        childrenOf(watchdog.pid).flatMap((pid) => [pid, ...childrenOf(pid)]);
      await until(() => {
        const pids = descendants();
        return pids.length >= (asks ? 3 : 1) && pids.every((pid) => scoreOf(pid) > before);
      }, 'a higher oom_score_adj');
      assert.equal(scoreOf(watchdog.pid), before);
    });
  }
});
