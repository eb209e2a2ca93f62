import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { testBackEnds } from '../support/back-ends.ts';
import { functionServer, newCall, openQueue, QUICK_POLICY } from '../support/queue.ts';
import { until } from '../support/wait.ts';

/** The fate of a call to which two things happen at once. */

testBackEnds(
  'a call that is cancelled as its next try is being set is not made again',
  async (t, backEnd) => {
    const { address, calls } = await functionServer(t, (_path, response) => response.writeHead(503).end());
    const queue = await openQueue(t, {
      backEnd,
      policyOf: () => Promise.resolve({ ...QUICK_POLICY, attempts: 100, minWait: 1, maxWait: 1 }),
    });
    await queue.start(address);
    for (let count = 0; count < 20; count += 1) {
      const id = `call-${count}`;
      await queue.submit(newCall(id));
      while ((queue.find(id)?.tries ?? 0) === 0) await turn();
      assert.equal(await queue.cancel(id), true);
      const made = calls.length;
      assert.equal(queue.find(id)?.state, 'cancelled');
      await queue.submit(newCall(`after-${count}`));
      await until(() => calls.includes(`/function/fn.openfaas-fn/after-${count}`), 'a later call');
      await queue.cancel(`after-${count}`);
      assert.equal(queue.find(id)?.state, 'cancelled', 'it stays so');
      const again = calls.slice(made).filter((path) => path.endsWith(`/${id}`));
      assert.deepEqual(again, []);
    }
    assert.equal(queue.pending({ name: 'fn', namespace: 'openfaas-fn' }), 0);
  },
);

testBackEnds('a dead call that is replayed twice at once is made once more', async (t, backEnd) => {
  const { address, calls } = await functionServer(t, (_path, response) => response.writeHead(503).end());
  const queue = await openQueue(t, { backEnd });
  await queue.start(address);
  await queue.submit(newCall('twice'));
  await until(() => queue.find('twice')?.state === 'dead', 'the call to be dead');
  const replays = await Promise.allSettled([queue.replay('twice'), queue.replay('twice')]);
  assert.deepEqual(replays.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  await until(() => queue.find('twice')?.state === 'dead', 'the replay to be dead');
  assert.equal(calls.length, 2 * QUICK_POLICY.attempts);
  assert.equal(queue.list({ most: 10 }).length, 1, 'the one that was replayed is gone');
});

testBackEnds(
  'of two calls with one X-Call-Id the newer is the one that is found, whichever ends first',
  async (t, backEnd) => {
    let answerFirst: (() => void) | undefined;
    const { address, calls } = await functionServer(t, (path, response) => {
      if (path.endsWith('/first')) answerFirst = () => response.end();
    });
    const queue = await openQueue(t, { backEnd });
    await queue.start(address);
    await queue.submit(newCall('same', { target: '/first' }));
    await queue.submit(newCall('same', { target: '/second' }));
    await until(() => calls.length === 2 && answerFirst, 'both calls to run');
    answerFirst?.();
    await until(() => queue.list({ most: 10, state: 'done' }).length === 1, 'the first to be done');
    assert.equal(queue.find('same')?.state, 'running');
    assert.equal(await queue.cancel('same'), true);
  },
);
