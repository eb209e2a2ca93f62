import assert from 'node:assert/strict';
import { testBackEnds } from '../support/back-ends.ts';
import { CrashWorld, fail, hold, idsOf, succeed } from '../support/crash-world.ts';
import { until } from '../support/wait.ts';

/** kill -9 at each step of a queued call's life: none is lost, and none made twice but where it ran at that moment. */

/** CRASH_CALLS asks for more than the quick form has. */
const COUNT = Number(process.env['CRASH_CALLS'] ?? 100);
const PATIENCE_MS = 10_000 + 60 * COUNT;
const IDS = idsOf('call', COUNT);

function timesOf(counts: ReadonlyMap<string, number>, ids = IDS): Record<string, number> {
  const times: Record<string, number> = {};
  for (const id of ids) {
    const count = String(counts.get(id) ?? 0);
    times[count] = (times[count] ?? 0) + 1;
  }
  return times;
}

testBackEnds('accepted: each call is made once', async (t, backEnd) => {
  const world = await CrashWorld.make(t, { async_max_inflight: '1' }, backEnd);
  world.onRun = hold;
  await world.submit(['first']);
  await until(() => world.runs.get('first'), 'the first to run, and all others to wait');
  assert.deepEqual(await world.submit(IDS), IDS);
  await world.kill();
  world.onRun = succeed;
  await world.start();
  await world.untilAll('done', COUNT + 1);
  assert.deepEqual(timesOf(world.runs), { 1: COUNT });
});

testBackEnds('running: each call is made again', async (t, backEnd) => {
  const world = await CrashWorld.make(t, {}, backEnd);
  world.onRun = hold;
  await world.submit(IDS);
  await until(() => world.runs.size === COUNT, 'all to run', PATIENCE_MS);
  await world.kill();
  world.onRun = succeed;
  await world.start();
  await world.untilAll('done', COUNT);
  assert.deepEqual(timesOf(world.runs), { 2: COUNT });
});

testBackEnds('answered: what was told of as done is not made again', async (t, backEnd) => {
  const world = await CrashWorld.make(t, {}, backEnd);
  await world.submit(IDS);
  await world.untilAll('done', COUNT);
  await world.kill();
  await world.start();
  assert.deepEqual(await world.calls('done'), IDS);
  assert.deepEqual(timesOf(world.runs), { 1: COUNT });
});

testBackEnds(
  'about to be called back: each is called back, and made twice at the most',
  async (t, backEnd) => {
    const world = await CrashWorld.make(t, {}, backEnd);
    let answered = 0;
    world.onRun = (response) => {
      response.end('done', () => {
        answered += 1;
        if (answered === COUNT / 2) world.gateway.kill('SIGKILL');
      });
    };
    const taken = await world.submit(IDS, true);
    await world.gateway.exited;
    await world.start();
    await until(
      () => taken.every((id) => world.callbacks.has(id)),
      'a callback of each that was taken',
      PATIENCE_MS,
    );
    assert.ok([...world.runs.values()].every((runs) => runs <= 2));
    assert.ok([...world.callbacks.values()].every((callbacks) => callbacks <= 2));
  },
);

testBackEnds('callback under way: it is made again, and the function is not', async (t, backEnd) => {
  const world = await CrashWorld.make(t, {}, backEnd);
  world.onCallback = hold;
  await world.submit(IDS, true);
  await until(() => world.callbacks.size === COUNT, 'all callbacks to be under way', PATIENCE_MS);
  await world.kill();
  world.onCallback = succeed;
  await world.start();
  await world.untilAll('done', COUNT);
  assert.deepEqual(timesOf(world.runs), { 1: COUNT });
  assert.deepEqual(timesOf(world.callbacks), { 2: COUNT });
});

testBackEnds('next try set: it is made, and counts as the second', async (t, backEnd) => {
  const world = await CrashWorld.make(t, {}, backEnd);
  world.onRun = fail;
  await world.submit(IDS);
  await world.untilAll('waiting', COUNT);
  await world.kill();
  world.onRun = succeed;
  await world.start();
  await world.untilAll('done', COUNT);
  const { text } = await world.gateway.api('GET', '/system/async?limit=10000');
  const tries = (JSON.parse(text) as { callId: string; tries: number }[]).map((call) => call.tries);
  const runs = [...world.runs.values()];
  assert.ok(
    runs.every((count) => count >= 2 && count <= 3),
    'the one try that was under way is made again',
  );
  assert.ok(tries.every((count) => count >= 2));
});

testBackEnds('dead and cancelled: they stay so, with what is needed for a replay', async (t, backEnd) => {
  const world = await CrashWorld.make(
    t,
    { retry_attempts: '1', async_max_inflight: String(COUNT + 20) },
    backEnd,
  );
  world.onRun = (response, id) => (id.startsWith('held') ? hold : fail)(response, id);
  const held = idsOf('held', 20);
  await world.submit([...IDS, ...held]);
  await world.untilAll('dead', COUNT);
  await until(() => world.runs.size === COUNT + held.length, 'the others to run', PATIENCE_MS);
  for (const id of held)
    assert.equal(
      (await world.gateway.request({ method: 'DELETE', path: `/async-function/${id}` })).status,
      202,
    );
  await world.kill();
  world.onRun = succeed;
  await world.start();
  assert.deepEqual(await world.calls('dead'), IDS);
  assert.deepEqual(await world.calls('cancelled'), held);
  await Promise.all(IDS.map((id) => world.gateway.api('POST', `/system/async/${id}/replay`, { body: {} })));
  await world.untilAll('done', COUNT);
  assert.deepEqual(timesOf(world.runs), { 2: COUNT });
  assert.deepEqual(timesOf(world.runs, held), { 1: held.length });
});

testBackEnds('being replayed: each is dead or taken, never both nor neither', async (t, backEnd) => {
  const world = await CrashWorld.make(t, { retry_attempts: '1' }, backEnd);
  world.onRun = fail;
  await world.submit(IDS);
  await world.untilAll('dead', COUNT);
  world.onRun = hold;
  let replayed = 0;
  const replay = async (id: string): Promise<void> => {
    await world.gateway.api('POST', `/system/async/${id}/replay`, { body: {} });
    replayed += 1;
    if (replayed === 10) world.gateway.kill('SIGKILL');
  };
  await Promise.all(IDS.map(replay));
  await world.gateway.exited;
  await world.start();
  const all = [...(await world.calls('dead')), ...(await world.calls('running'))].sort();
  assert.deepEqual(all, IDS);
});

testBackEnds(
  'at any moment, again and again: none is lost, and each kill doubles a call once at the most',
  async (t, backEnd) => {
    const world = await CrashWorld.make(t, {}, backEnd);
    world.onRun = (response, id) => setTimeout(() => succeed(response, id), 20);
    const taken: string[] = [];
    const kills = 4;
    for (let round = 0; round < kills; round += 1) {
      let left = 5 + 15 * round;
      const submit = async (id: string): Promise<void> => {
        taken.push(...(await world.submit([id], true)));
        left -= 1;
        if (left === 0) world.gateway.kill('SIGKILL');
      };
      await Promise.all(idsOf(`round-${round}`, 60).map(submit));
      await world.gateway.exited;
      await world.start();
    }
    await until(
      () => taken.every((id) => world.callbacks.has(id)),
      'a callback of each that was taken',
      PATIENCE_MS,
    );
    assert.ok(taken.length >= 5 + 20 + 35 + 50);
    const most = Math.max(...world.runs.values());
    assert.ok(most <= kills + 1, `one was made ${most} times`);
  },
);
