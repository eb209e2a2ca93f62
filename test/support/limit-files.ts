import { execFileSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { openFilesOf } from './process-table.ts';
import type { Watchdog } from './watchdog.ts';

/**
 * Leaves the watchdog so many descriptors beside its open ones; the limit can be raised again.
 * @returns whether that is possible here; if not, the test is skipped with the reason
 */
export function limitFiles(t: TestContext, watchdog: Watchdog, more: number): boolean {
  const limit = openFilesOf(watchdog.pid).length + more;
  try {
    execFileSync('prlimit', ['--pid', String(watchdog.pid), `--nofile=${limit}:`], { stdio: 'pipe' });
    return true;
  } catch (error) {
    t.skip(`cannot limit descriptors here: ${(error as Error).message.trim()}`);
    return false;
  }
}
