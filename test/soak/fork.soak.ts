import { test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { STEADY, FEWER, soak } from '../support/soak.ts';
import { startWatchdog } from '../support/watchdog.ts';

for (const mode of ['streaming', 'serializing', 'classic']) {
  test(`${mode} mode: a process for each request`, async (t) => {
    const watchdog = await startWatchdog(t, { mode, fprocess: 'cat', ...STEADY });
    await soak(
      watchdog,
      (round) => ({ method: 'POST', body: `body of ${round}` }),
      (status, round, text) => status === 200 && text === `body of ${round}`,
    );
  });

  test(`${mode} mode: processes that fail, do not read, leave children, and time out`, async (t) => {
    const watchdog = await startWatchdog(t, {
      mode,
      fprocess: behaviour('by-path.sh'),
      ...STEADY,
      exec_timeout: '10s',
    });
    const paths = ['/fail', '/unread', '/child', '/hang'];
    await soak(
      watchdog,
      (round) => {
        const path = paths[round % 4] ?? '/';
        const headers = path === '/hang' ? { 'x-timeout': '30ms' } : {};
        return { path, method: 'POST', body: 'b'.repeat(100), headers };
      },
      (status, round) => {
        if (round % 4 === 0) return status === 500;
        if (round % 4 === 3) return status === 504 || status === 408;
        return status === 200;
      },
      FEWER,
    );
  });
}
