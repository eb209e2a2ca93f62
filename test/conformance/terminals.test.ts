// The terminal of the watchdog is not the function's: a process in its background that reads it would be stopped. Only
// then a process gets a session of its own, as the scheduler may weigh each session as much as the watchdog.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { behaviour, commandLine, WATCHDOG_COMMAND } from '../support/command.ts';
import { sessionOf } from '../support/process-table.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

const READER = `sh -c 'cat /dev/tty 2> /dev/null || echo none'`;

/** Runs it by script(1) at a new terminal; the log goes to script's own stderr. */
const AT_TERMINAL = [
  'sh',
  '-c',
  'exec 9>&2; exec script -qec "$0 2>&9" /dev/null',
  commandLine('exec', ...WATCHDOG_COMMAND),
];

const WITHOUT_TERMINAL = ['setsid', ...WATCHDOG_COMMAND];

describe('a function that reads /dev/tty', { concurrency: 2 }, () => {
  for (const mode of ['streaming', 'serializing', 'classic']) {
    test(`${mode}: finds none where the watchdog has none`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: READER }, { command: WITHOUT_TERMINAL });
      assert.equal((await watchdog.request({ deadlineMs: 8000 })).text, 'none\n');
    });

    test(`${mode}: finds none where the watchdog has one`, async (t) => {
      if (!existsSync('/usr/bin/script')) return t.skip('there is no script(1) to make a terminal');
      const watchdog = await startWatchdog(t, { mode, fprocess: READER }, { command: AT_TERMINAL });
      assert.equal((await watchdog.request({ deadlineMs: 8000 })).text, 'none\n');
    });
  }
});

test('without a terminal a process is in the session of the watchdog', async (t) => {
  const variables = { fprocess: behaviour('until-file.sh', 'go'), native_fork: 'true' };
  const watchdog = await startWatchdog(t, variables, { command: WITHOUT_TERMINAL });
  const answer = watchdog.request();
  const own = sessionOf(watchdog.pid);
  await until(() => watchdog.leftovers().some((pid) => sessionOf(pid) === own), 'a process in its session');
  watchdog.makeFile('go');
  assert.equal((await answer).text, 'done\n');
});
