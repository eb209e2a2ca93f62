import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { groupOf, isAlive, zombiesOf } from '../support/process-table.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

const MODES = ['streaming', 'serializing', 'classic'];

describe('killing is of the whole process group', { concurrency: 4 }, () => {
  for (const mode of MODES) {
    test(`${mode}: on exec_timeout, children of the process too`, async (t) => {
      const watchdog = await startWatchdog(t, {
        mode,
        fprocess: behaviour('with-child.sh'),
        exec_timeout: '400ms',
      });
      const answer = await watchdog.request();
      assert.ok(answer.status === 504 || answer.status === 408, String(answer.status));
      const child = Number(readFileSync(await watchdog.waitForFile('child.pid'), 'utf8'));
      await until(() => !isAlive(child), 'the child to be gone');
      await until(() => watchdog.leftovers().length === 0, 'all to be gone');
      await until(() => zombiesOf(watchdog.pid).length === 0, 'no zombie');
    });

    test(`${mode}: when the client has gone`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: behaviour('with-child.sh') });
      const connection = await watchdog.connect();
      connection.send('GET /gone HTTP/1.1\r\nHost: x\r\n\r\n');
      const child = Number(readFileSync(await watchdog.waitForFile('child.pid'), 'utf8'));
      assert.ok(isAlive(child));
      connection.destroy();
      await until(() => !isAlive(child), 'the child to be gone');
      await until(() => watchdog.leftovers().length === 0, 'all to be gone');
      await watchdog.stderr.waitFor(/GET \/gone - 499/);
      await watchdog.stderr.waitFor(/client went away/);
    });

    test(`${mode}: those that take no notice of SIGTERM get SIGKILL`, async (t) => {
      const watchdog = await startWatchdog(t, {
        mode,
        fprocess: behaviour('ignore-term.sh'),
        exec_timeout: '300ms',
      });
      await watchdog.request();
      await until(() => watchdog.leftovers().length === 0, 'all to be gone');
    });

    test(`${mode}: those that heed SIGTERM are given the time to`, async (t) => {
      const watchdog = await startWatchdog(t, {
        mode,
        fprocess: behaviour('tidy-up.sh'),
        exec_timeout: '2s', // it has to obey SIGTERM by then, on a busy machine too
      });
      await watchdog.request();
      await watchdog.waitForFile('tidied');
    });

    test(`${mode}: a child that stays behind does not hold up the response, and is ended`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'sh -c "sleep 600 & echo done"' });
      const answer = await watchdog.request({ deadlineMs: 8000 });
      assert.deepEqual([answer.status, answer.text, answer.aborted], [200, 'done\n', false]);
      await until(() => watchdog.leftovers().length === 0, 'the child to be gone');
    });

    test(`${mode}: a child that left the group and keeps stdout does not hold up the response`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'sh -c "setsid sleep 600 & echo done"' });
      const answer = await watchdog.request({ deadlineMs: 8000 });
      assert.deepEqual([answer.status, answer.text, answer.aborted], [200, 'done\n', false]);
    });

    test(`${mode}: all that the process wrote before a child kept its stdout is there`, async (t) => {
      const watchdog = await startWatchdog(t, {
        mode,
        fprocess: 'sh -c "sleep 600 & head -c 1000000 /dev/zero"',
      });
      const answer = await watchdog.request({ deadlineMs: 8000 });
      assert.deepEqual([answer.status, answer.body.length, answer.aborted], [200, 1_000_000, false]);
    });
  }

  test('each process leads a group of its own', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: behaviour('until-file.sh', 'go') });
    const requests = [watchdog.request(), watchdog.request()];
    const pids = await until(() => {
      const leaders = watchdog.leftovers().filter((pid) => groupOf(pid) === pid);
      return leaders.length === 2 && leaders;
    }, 'two groups');
    assert.ok(!pids.includes(groupOf(watchdog.pid) ?? 0));
    watchdog.makeFile('go');
    for (const answer of await Promise.all(requests)) assert.equal(answer.text, 'done\n');
  });
});

test('processes of clients that go at once are ended, though they have hardly begun', async (t) => {
  const watchdog = await startWatchdog(t, { fprocess: 'sleep 600', native_fork: 'true' });
  for (let round = 0; round < 3; round += 1) {
    const connections = await Promise.all(Array.from({ length: 80 }, () => watchdog.connect()));
    for (const connection of connections) connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    for (const connection of connections) connection.destroy();
  }
  await until(
    async () => /^http_requests_in_flight 0$/m.test(await watchdog.metrics()),
    'no request in flight',
  );
  await until(() => watchdog.leftovers().length === 0, 'all to be gone');
});
