import assert from 'node:assert/strict';
import { openFilesOf, zombiesOf } from './process-table.ts';
import { until } from './wait.ts';
import type { Watchdog } from './watchdog.ts';

/** The figures of a watchdog that must be the same after a fault as before it. */
export interface Holdings {
  readonly files: number;
  readonly processes: number;
}

/** Connections to the metrics port and the like come and go; this many are no leak. */
const SLACK = 2;

export function holdingsOf(watchdog: Watchdog): Holdings {
  return { files: openFilesOf(watchdog.pid).length, processes: watchdog.leftovers().length };
}

/** Waits until the watchdog holds no more than before: descriptors, processes, zombies, requests in flight. */
export async function assertNothingLeaked(watchdog: Watchdog, before: Holdings): Promise<void> {
  try {
    await until(
      async () => /^http_requests_in_flight 0$/m.test(await watchdog.metrics()),
      'no request in flight',
    );
    await until(() => watchdog.leftovers().length <= before.processes, 'no process to be left');
    await until(() => zombiesOf(watchdog.pid).length === 0, 'no zombie to be left');
    await until(() => openFilesOf(watchdog.pid).length <= before.files + SLACK, 'no descriptor to be left');
  } catch (error) {
    const now = holdingsOf(watchdog);
    const files = openFilesOf(watchdog.pid).join(' ');
    assert.fail(`${(error as Error).message}: ${before.files} files before, ${now.files} now: ${files}`);
  }
  assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
}
