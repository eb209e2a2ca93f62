import assert from 'node:assert/strict';
import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { backEndOf, testJetStream } from '../support/back-ends.ts';
import { CrashWorld, idsOf } from '../support/crash-world.ts';
import { NatsServer } from '../support/nats-server.ts';
import { OfGateway } from '../support/of-gateway.ts';
import { functionServer, newCall, openQueue } from '../support/queue.ts';
import { makeFolder } from '../support/folder.ts';
import { until } from '../support/wait.ts';

/** The fate of calls in NATS when it loses something, has no room, or holds a message that is no call. */

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
    await assert.rejects(queue.replay('gone'), /the body of the call gone is lost: submit it again/);
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
