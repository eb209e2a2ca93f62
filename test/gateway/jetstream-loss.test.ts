import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { testJetStream } from '../support/back-ends.ts';
import { CrashWorld, fail, hold, idsOf, succeed } from '../support/crash-world.ts';
import { functionServer, newCall, openQueue } from '../support/queue.ts';
import { until } from '../support/wait.ts';

/** The fate of calls in NATS when its server, or the gateway, goes away. */

const COUNT = 200;

function timesOf(runs: ReadonlyMap<string, number>, ids: readonly string[]): number[] {
  return [...new Set(ids.map((id) => runs.get(id) ?? 0))].sort();
}

testJetStream(
  'kill -9 of the NATS server under load: what was taken is made, and once',
  async (t, backEnd) => {
    const world = await CrashWorld.make(t, {}, backEnd);
    world.onRun = (response, id) => setTimeout(() => succeed(response, id), 20);
    const taken: string[] = [];
    let submitted = 0;
    const submit = async (id: string): Promise<void> => {
      taken.push(...(await world.submit([id])));
      submitted += 1;
      if (submitted === COUNT / 4) await backEnd.nats.kill();
    };
    await Promise.all(idsOf('before', COUNT).map(submit));
    await backEnd.nats.kill();
    const refused = await world.gateway.request({
      method: 'POST',
      path: '/async-function/fn',
      headers: { 'x-call-id': 'refused' },
      body: '',
    });
    assert.equal(refused.status, 503);
    assert.match(
      refused.text,
      /^the queue at nats_url nats:\/\/127.0.0.1:\d+ cannot be used \(.+\): check the NATS server/,
    );
    assert.match(String(refused.headers['retry-after']), /^\d+$/);
    await backEnd.nats.start();
    const after = await until(async () => {
      const ids = await world.submit(idsOf('after', 10));
      return ids.length === 10 && ids;
    }, 'calls to be taken again');
    taken.push(...after);
    await until(async () => (await world.calls('done')).length >= taken.length, 'all to be done', 30_000);
    assert.ok(taken.length >= COUNT / 4);
    assert.deepEqual(
      timesOf(
        world.runs,
        [...new Set(taken)].filter((id) => !id.startsWith('after')),
      ),
      [1],
    );
    assert.equal(world.runs.get('refused'), undefined);
    const { text } = await world.gateway.metrics();
    assert.match(text, /^gateway_nats_reconnect_total [1-9]/m);
  },
);

testJetStream(
  'kill -9 of the NATS server while calls run and wait: none is lost or made again',
  async (t, backEnd) => {
    const world = await CrashWorld.make(t, {}, backEnd);
    const held: (() => void)[] = [];
    const ids = idsOf('run', 20);
    world.onRun = (response, id) => {
      if (id.startsWith('run')) held.push(() => succeed(response, id));
      else if ((world.runs.get(id) ?? 0) > 1) succeed(response, id);
      else fail(response, id);
    };
    await world.submit(ids);
    const again = idsOf('again', 20);
    await world.submit(again);
    await until(() => held.length === ids.length, 'the first to run');
    await until(() => again.every((id) => world.runs.has(id)), 'the others to fail');
    await backEnd.nats.kill();
    for (const release of held) release();
    await until(
      async () => (await world.calls('done')).length >= ids.length,
      'the first to be told of as done',
    );
    await backEnd.nats.start();
    await world.untilAll('done', ids.length + again.length);
    assert.deepEqual(timesOf(world.runs, ids), [1]);
    assert.deepEqual(timesOf(world.runs, again), [2]);
  },
);

testJetStream('kill -9 of the NATS server and of the gateway: each call is made', async (t, backEnd) => {
  const world = await CrashWorld.make(t, {}, backEnd);
  world.onRun = hold;
  const ids = idsOf('call', COUNT);
  assert.deepEqual(await world.submit(ids), ids);
  await Promise.all([backEnd.nats.kill(), world.kill()]);
  world.onRun = succeed;
  await backEnd.nats.start();
  await world.start();
  await world.untilAll('done', COUNT);
  const most = Math.max(...world.runs.values());
  assert.ok(most <= 2, `one was made ${most} times`);
});

testJetStream(
  'a gateway starts without its NATS server, refuses calls, and takes them once it is there',
  async (t, backEnd) => {
    const world = await CrashWorld.make(t, {}, backEnd);
    world.onRun = hold;
    await world.submit(['first']);
    await Promise.all([backEnd.nats.kill(), world.kill()]);
    await world.start();
    assert.deepEqual(await world.submit(['second']), []);
    await world.gateway.stderr.waitFor(
      /No queue at nats_url .*: asynchronous calls are refused until it can be reached/,
    );
    world.onRun = succeed;
    await backEnd.nats.start();
    await world.untilAll('done', 1);
    assert.deepEqual(
      await until(async () => {
        const taken = await world.submit(['third']);
        return taken.length === 1 && taken;
      }, 'a call to be taken'),
      ['third'],
    );
  },
);

testJetStream(
  'a call may run longer than its lease, even while NATS hears nothing, and is made once',
  async (t, backEnd) => {
    const { address, calls } = await functionServer(t, (_path, response) =>
      setTimeout(() => response.end(), 4500),
    );
    const queue = await openQueue(t, { backEnd });
    await queue.start(address);
    await queue.submit(newCall('long'));
    await until(() => calls.length === 1, 'the call to run');
    await sleep(1500); // longer than ack_wait
    backEnd.nats.pause();
    await sleep(1500);
    backEnd.nats.resume();
    await until(() => queue.find('long')?.state === 'done', 'the call to be done');
    await queue.submit(newCall('after'));
    await until(() => queue.find('after')?.state === 'done', 'a later call to be done');
    assert.deepEqual(calls.filter((path) => path.endsWith('/long')).length, 1);
  },
);
