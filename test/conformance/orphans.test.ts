import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { childrenOf, isAlive, zombiesOf } from '../support/process-table.ts';
import { startServing } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

const ROUNDS = 20;

describe('what a function leaves behind', { concurrency: 2 }, () => {
  for (const mode of ['streaming', 'serializing', 'classic']) {
    test(`${mode}: becomes no zombie, nor does what has left the group`, async (t) => {
      const fprocess = `sh -c 'sleep 0.2 & setsid sh -c "sleep 0.2; exit 3" & echo done'`;
      const watchdog = await startWatchdog(t, { mode, fprocess, native_fork: 'true' });
      for (let round = 0; round < ROUNDS; round += 1) {
        assert.equal((await watchdog.request()).text, 'done\n');
      }
      await until(() => childrenOf(watchdog.pid).length === 0, 'no child to be left, dead or alive');
    });
  }

  test('http: becomes no zombie, and the function that goes on is not waited for', async (t) => {
    const watchdog = await startServing(t, { native_fork: 'true' });
    const [server = 0] = childrenOf(watchdog.pid);
    const leave = async (): Promise<boolean> => {
      assert.equal((await watchdog.request({ path: '/orphan' })).text, 'left');
      return childrenOf(watchdog.pid).length > 1;
    };
    await until(leave, 'orphans to be adopted');
    for (let round = 0; round < ROUNDS; round += 1) await leave();
    await until(() => childrenOf(watchdog.pid).length === 1, 'only the function to be left');
    assert.ok(isAlive(server));
    assert.deepEqual(zombiesOf(watchdog.pid), []);
    await watchdog.request({ path: '/exit?code=3' });
    await watchdog.stderr.waitFor(/Forked function has terminated: exit status 3/);
  });
});
