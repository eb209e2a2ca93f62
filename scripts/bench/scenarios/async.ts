import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { request } from 'undici';
import { findFreePort } from '../../sample/port.ts';
import { numbers, type Contender, type Group } from '../comparison.ts';
import { readFigure, type Sample } from '../figures.ts';
import type { Lab } from '../lab.ts';
import { load } from '../load/load.ts';
import { ask, deploy, gateway } from '../subjects/gateway.ts';
import type { Subject } from '../subjects/subject.ts';

/** Bytes of a call. */
const SIZE = 1024;
/** Calls one after the other, of which the start is timed, and the milliseconds between an answer and the next. */
const [SINGLES, REST] = [200, 5];
/** How long a call may take until its callback, and a queue to be worked off, in milliseconds. */
const [CALLED_WITHIN, DRAINED_WITHIN] = [10_000, 120_000];
/** How often the queue is looked at that is worked off, in milliseconds. */
const LOOK_AGAIN = 100;

const NAME = 'held';

/** Functions may take as long as the bench holds their calls, and nothing bounds the queue. */
const HELD = { exec_timeout: '0s' };
const SETTINGS = { upstream_timeout: '0', async_max_calls: '10000000', async_max_bytes: `${2 ** 40}` };

/** The least that makes a call durable: records are appended, then fdatasync, `atOnce` of them with each. */
async function fdatasyncLoop(lab: Lab, atOnce: number, seconds: number): Promise<Sample> {
  const file = await fs.open(join(await lab.makeFolder(), 'bare'), 'w');
  const record = Buffer.alloc(SIZE * atOnce, 'x');
  const start = performance.now();
  let written = 0;
  while (performance.now() - start < seconds * 1000) {
    await file.write(record);
    await file.datasync();
    written += atOnce;
  }
  await file.close();
  return { rate: (written / (performance.now() - start)) * 1000 };
}

/** The same of JetStream: messages into a stream with file storage, each acknowledged before its client's next. */
async function jetStreamLoop(url: string, clients: number, seconds: number): Promise<Sample> {
  const connection = await connect({ servers: url });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'BARE', subjects: ['BARE.>'], storage: StorageType.File });
  const client = jetstream(connection);
  const body = Buffer.alloc(SIZE, 'x');
  const start = performance.now();
  let published = 0;
  const publish = async (): Promise<void> => {
    while (performance.now() - start < seconds * 1000) {
      await client.publish('BARE.fn', body);
      published += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, publish));
  const rate = (published / (performance.now() - start)) * 1000;
  await connection.close();
  return { rate };
}

/** Works with a nats-server whose store is empty. */
async function inNats(lab: Lab, work: (url: string) => Promise<Sample>): Promise<Sample> {
  const [port, monitor] = [await findFreePort(), await findFreePort()];
  const where = ['--addr', '127.0.0.1', '--port', `${port}`, '--http_port', `${monitor}`];
  const url = `nats://127.0.0.1:${port}`;
  const server = await lab.serve({
    name: 'nats-server',
    words: ['nats-server', '--jetstream', '--store_dir', await lab.makeFolder(), ...where],
    environment: {},
    readyUrl: `http://127.0.0.1:${monitor}/healthz`,
  });
  try {
    return await work(url);
  } finally {
    await server.end();
  }
}

/** The function tells in its answer, which a callback brings, when it began. */
async function measureBegun(lab: Lab, url: string): Promise<number | undefined> {
  const callbacks = createServer().listen(0, '127.0.0.1');
  try {
    await once(callbacks, 'listening');
    const { port } = callbacks.address() as AddressInfo;
    const headers = { 'x-callback-url': `http://127.0.0.1:${port}/` };
    const samples: Sample[] = [];
    while (samples.length < SINGLES) {
      const signal = AbortSignal.any([lab.signal, AbortSignal.timeout(CALLED_WITHIN)]);
      const called = once(callbacks, 'request', { signal });
      const { body } = await request(url, { method: 'POST', body: Buffer.alloc(SIZE, 'x'), headers });
      await body.dump();
      const taken = performance.timeOrigin + performance.now();
      const [incoming, response] = (await called) as [IncomingMessage, ServerResponse];
      const { began } = (await json(incoming)) as { began: number };
      response.end();
      samples.push({ begun: Math.max(0, began - taken) });
      await wait(REST, undefined, { signal });
    }
    return readFigure('begun', 'itself', samples)?.median;
  } finally {
    callbacks.close();
    callbacks.closeAllConnections();
  }
}

/** @returns how many queued calls the gateway has worked off */
async function countProcessed({ environment }: Subject): Promise<number> {
  const { body } = await request(`http://127.0.0.1:${environment.metrics_port}/metrics`);
  return Number(/^queue_worker_messages_processed_total\{.*\} (\d+)$/m.exec(await body.text())?.[1] ?? 0);
}

/**
 * What a queue does: calls that come one by one; calls that come at once, of which the first few run and do not end; and
 * the working off of these, to a function of one millisecond.
 */
async function measureQueue(lab: Lab, settings: object, clients: number, seconds: number): Promise<Sample> {
  const subject = await gateway({ ...SETTINGS, ...settings })(lab);
  const server = await lab.serve(subject);
  try {
    const origin = `http://127.0.0.1:${subject.port}`;
    await deploy(subject, NAME, 'hello', HELD);
    await server.untilOk(`${origin}/function/${NAME}`, lab.signal);
    const begun = await measureBegun(lab, `${origin}/async-function/${NAME}/`);
    const before = await countProcessed(subject);
    const calls = { method: 'POST', path: '/held', body: SIZE, connections: clients } as const;
    const queue = { ...subject, base: `/async-function/${NAME}` };
    const { rate = 0, p99 = 0, failures = 0 } = await load(lab, server, queue, calls, seconds);
    const start = performance.now();
    await ask(subject, 'GET', `/function/${NAME}/release`);
    const signal = AbortSignal.any([lab.signal, AbortSignal.timeout(DRAINED_WITHIN)]);
    while ((await countProcessed(subject)) - before < rate * seconds) {
      await wait(LOOK_AGAIN, undefined, { signal });
    }
    const drained = (rate * seconds * 1000) / (performance.now() - start);
    return { rate, p99, failures, drained, ...(begun === undefined ? {} : { begun }) };
  } finally {
    await server.end();
  }
}

const [ONE, GROUPED, JETSTREAM] = ['fdatasync', 'fdatasync for all at once', 'JetStream'];

async function open(lab: Lab): Promise<Contender[]> {
  const contender = (
    name: string,
    measure: (clients: number, seconds: number) => Promise<Sample>,
  ): Contender => ({ name, measure: ({ value }, seconds) => measure(value, seconds) });
  return [
    contender(ONE, (_clients, seconds) => fdatasyncLoop(lab, 1, seconds)),
    contender(GROUPED, (clients, seconds) => fdatasyncLoop(lab, clients, seconds)),
    contender(JETSTREAM, (clients, seconds) => inNats(lab, (url) => jetStreamLoop(url, clients, seconds))),
    contender('of-gateway', (clients, seconds) => measureQueue(lab, {}, clients, seconds)),
    contender('of-gateway, JetStream', (clients, seconds) =>
      inNats(lab, (url) => measureQueue(lab, { nats_url: url }, clients, seconds)),
    ),
  ];
}

/** Calls for later, beside the least that makes one durable. */
export const ASYNC: Group = {
  scenario: 'async',
  id: 'async',
  title: 'Queued calls',
  about:
    `Calls of ${SIZE} bytes that are acknowledged once they are durable, by the gateway's own queue and by its queue in ` +
    'JetStream; beside bare loops of fdatasync, after each record and after one of each client, and of messages to ' +
    'JetStream. "begun" is from the 202 to the start of the function where nothing else goes on.',
  axis: 'clients',
  points: numbers(64),
  quickPoints: [],
  rounds: 3,
  warmUp: false,
  columns: ['rate', 'p99', 'begun', 'drained', 'failures'],
  ratios: ['rate'],
  beside: [ONE, GROUPED, JETSTREAM],
  open,
};
