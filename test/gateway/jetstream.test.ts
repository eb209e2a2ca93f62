import assert from 'node:assert/strict';
import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backEndOf, testJetStream } from '../support/back-ends.ts';
import { CrashWorld, fail, hold, idsOf, succeed } from '../support/crash-world.ts';
import { NatsServer } from '../support/nats-server.ts';
import { OfGateway } from '../support/of-gateway.ts';
import { functionServer, newCall, openQueue } from '../support/queue.ts';
import { makeFolder } from '../support/folder.ts';
import { until } from '../support/wait.ts';

/** What becomes of calls in NATS where NATS itself goes away, or loses something. */

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
      /^the queue at nats_url nats:\/\/127.0.0.1:\d+ cannot be used \(.+\): see to the NATS server/,
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
    await world.gateway.stderr.waitFor(/No queue at nats_url .*: calls for later are refused until there is/);
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

testJetStream(
  'where the state folder is lost, the calls in the stream are made all the same',
  async (t, backEnd) => {
    const first = await openQueue(t, { backEnd, folder: makeFolder(t) });
    for (const id of idsOf('call', 20)) await first.submit(newCall(id, { body: Buffer.from(id) }));
    await first.stop();
    const { address, calls } = await functionServer(t, (_path, response) => response.end());
    const second = await openQueue(t, { backEnd, folder: makeFolder(t) });
    await second.start(address);
    await until(() => second.list({ most: 100, state: 'done' }).length === 20, 'all to be done');
    assert.equal(calls.length, 20);
  },
);

testJetStream(
  'a call whose message somebody removed from the stream is told of as dead',
  async (t, backEnd) => {
    const queue = await openQueue(t, { backEnd });
    await queue.submit(newCall('gone'));
    const connection = await connect({ servers: backEnd.nats.url });
    t.after(() => connection.close());
    const manager = await jetstreamManager(connection);
    await manager.streams.purge('OF_GATEWAY');
    const { address, calls } = await functionServer(t, (_path, response) => response.end());
    await queue.start(address);
    await until(() => queue.find('gone')?.state === 'dead', 'the call to be dead');
    assert.equal(queue.pending({ name: 'fn', namespace: 'openfaas-fn' }), 0);
    await assert.rejects(queue.replay('gone'), /the body of the call gone is lost: submit it anew/);
    assert.deepEqual(calls, []);
  },
);

testJetStream(
  'a message that is no call is dropped, and the calls behind it are made',
  async (t, backEnd) => {
    const { address } = await functionServer(t, (_path, response) => response.end());
    const queue = await openQueue(t, { backEnd });
    const connection = await connect({ servers: backEnd.nats.url });
    t.after(() => connection.close());
    connection.publish('OF_GATEWAY.faas-request.openfaas-fn.fn.1', 'nonsense');
    await connection.flush();
    await queue.start(address);
    await queue.submit(newCall('call'));
    await until(() => queue.find('call')?.state === 'done', 'the call to be done');
    const { state } = await (await jetstreamManager(connection)).streams.info('OF_GATEWAY');
    assert.equal(state.messages, 0);
  },
);

testJetStream('what a message cannot hold is refused with the setting', async (t, backEnd) => {
  const queue = await openQueue(t, { backEnd });
  await assert.rejects(queue.submit(newCall('large', { body: Buffer.alloc(1 << 20) })), {
    code: 'BODY_TOO_LARGE',
    message: /max_payload of 1048576 bytes/,
  });
  await queue.submit(newCall('small'));
});

testJetStream(
  'a NATS server without room refuses calls for now, and has them once there is some',
  async (t) => {
    const config = path.join(makeFolder(t), 'nats.conf');
    writeFileSync(config, 'jetstream { max_file_store: 1MB }\n');
    const backEnd = backEndOf(await NatsServer.start(t, ['--config', config]));
    const { address } = await functionServer(t, (_path, response) => response.end());
    const queue = await openQueue(t, { backEnd });
    const submit = (id: number) => queue.submit(newCall(`call-${id}`, { body: Buffer.alloc(100_000) }));
    let taken = 0;
    const fill = async (): Promise<never> => {
      for (;;) await submit(taken).then(() => (taken += 1));
    };
    await assert.rejects(fill(), {
      code: 'QUEUE_FULL',
      message: /NATS takes no more calls \(.+\): try again later/,
    });
    assert.ok(taken > 5);
    await queue.start(address);
    await until(() => queue.list({ most: 100, state: 'done' }).length === taken, 'all to be done');
    await submit(taken);
  },
);

testJetStream(
  "a stream that is somebody else's is left alone, and the log names the setting",
  async (t, backEnd) => {
    const connection = await connect({ servers: backEnd.nats.url });
    t.after(() => connection.close());
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: 'THEIRS', subjects: ['THEIRS.>'] });
    const { gateway } = await CrashWorld.make(t, { nats_stream: 'THEIRS' }, backEnd);
    await gateway.stderr.waitFor(/the stream THEIRS is not a work queue .*: name another by nats_stream/);
  },
);

testJetStream('doctor tells of the NATS server', async (t, backEnd) => {
  const examine = async (): Promise<string> => {
    const doctor = OfGateway.spawn(
      t,
      { nats_url: backEnd.nats.url.replace('//', '//user:secret@') },
      { args: ['doctor'] },
    );
    await doctor.exited;
    return doctor.stdout.text;
  };
  assert.match(await examine(), /^ok {4}NATS [\d.]+ with JetStream at nats_url nats:\/\/127\.0\.0\.1:\d+$/m);
  await backEnd.nats.kill();
  assert.match(await examine(), /^fail {2}nats_url nats:\/\/127\.0\.0\.1:\d+: .+; start nats-server/m);
});

testJetStream(
  'queues and functions may be named in any way that a subject of NATS may not',
  async (t, backEnd) => {
    const { address, calls } = await functionServer(t, (_path, response) => response.end());
    const queue = await openQueue(t, { backEnd });
    await queue.start(address);
    const names = ['Slow Jobs', 'a.b.*', '>', 'x'.repeat(300), 'größe'];
    for (const [at, name] of names.entries()) await queue.submit({ ...newCall(`call-${at}`), queue: name });
    await until(() => queue.list({ most: 10, state: 'done' }).length === names.length, 'all to be done');
    assert.equal(calls.length, names.length);
    assert.deepEqual(
      queue
        .list({ most: 10 })
        .map((call) => call.queue)
        .reverse(),
      names,
    );
  },
);
