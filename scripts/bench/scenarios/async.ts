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
import { findFreePort } from '../../../common/free-port.ts';
import { points, type Contender, type Scenario } from '../comparison.ts';
import { readFigure, type Sample } from '../figures.ts';
import type { Lab } from '../lab.ts';
import { load } from '../loaded.ts';
import { subjectOf, urlOf, type Subject } from '../server-process.ts';
import { ask, deploy, gateway } from '../subjects/gateway.ts';

/** The clients that queue calls at once, and the bytes of a call. */
const [CLIENTS, SIZE] = [64, 1024];
/** Calls one after the other, of which the start is timed, and the milliseconds between an answer and the next. */
const [SINGLES, REST] = [200, 5];
/** How long a call may take until its callback, and a queue to be worked off, in milliseconds; how often it is looked at. */
const [CALLED_WITHIN, DRAINED_WITHIN, LOOK_AGAIN] = [10_000, 120_000, 100];

/** Functions may take as long as the bench holds their calls, and nothing bounds the queue. */
const HELD = { exec_timeout: '0s' };
const SETTINGS = { upstream_timeout: '0', async_max_calls: '10000000', async_max_bytes: `${2 ** 40}` };

/** @returns how many a second, where each piece of work in turn does `count` */
async function rateOf(seconds: number, count: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let done = 0;
  for (; performance.now() - start < seconds * 1000; done += count) await work();
  return (done / (performance.now() - start)) * 1000;
}

/** The least that makes a call durable: records are appended, then fdatasync, `atOnce` of them with each. */
async function fdatasyncLoop(lab: Lab, atOnce: number, seconds: number): Promise<Sample> {
  const path = join(await lab.makeFolder(), 'bare');
  const file = await fs.open(path, 'w');
  const record = Buffer.alloc(SIZE * atOnce, 'x');
  const rate = await rateOf(seconds, atOnce, () => file.write(record).then(() => file.datasync()));
  await file.close();
  await fs.rm(path);
  return { rate };
}

/** The same of JetStream: messages into a stream with file storage, each acknowledged before its client's next. */
async function jetStreamLoop(url: string, seconds: number): Promise<Sample> {
  const connection = await connect({ servers: url });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'BARE', subjects: ['BARE.>'], storage: StorageType.File });
  const client = jetstream(connection);
  const body = Buffer.alloc(SIZE, 'x');
  const publish = () => rateOf(seconds, 1, () => client.publish('BARE.fn', body));
  const rates = await Promise.all(Array.from({ length: CLIENTS }, publish));
  await connection.close();
  return { rate: rates.reduce((sum, rate) => sum + rate) };
}

/** Works with a nats-server whose store is empty. */
async function inNats(lab: Lab, work: (url: string) => Promise<Sample>): Promise<Sample> {
  const [port, monitor] = [await findFreePort(), await findFreePort()];
  const store = ['--jetstream', '--store_dir', await lab.makeFolder()];
  const where = ['--addr', '127.0.0.1', '--port', `${port}`, '--http_port', `${monitor}`];
  const words = ['nats-server', ...store, ...where];
  const subject = {
    name: 'nats-server',
    words,
    environment: {},
    port: monitor,
    base: '',
    readyPath: 'healthz',
  };
  const server = await lab.serve(subject);
  try {
    return await work(`nats://127.0.0.1:${port}`);
  } finally {
    await server.end();
  }
}

/** The function tells in its answer, which a callback brings, when it began. */
async function measureBegun(lab: Lab, url: string): Promise<Sample> {
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
    const begun = readFigure('begun', 'itself', samples)?.median;
    return begun === undefined ? {} : { begun };
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
 * Measures a queue three times: with calls that come one by one; with calls that come at once, of which the first few
 * run and do not end; and while it works these off, to a function of one millisecond.
 */
async function measureQueue(lab: Lab, settings: object, seconds: number): Promise<Sample> {
  const subject = await gateway({ ...SETTINGS, ...settings })(lab);
  const queue = { ...subject, base: '/async-function/held' };
  const server = await lab.serve(subject);
  try {
    await deploy(subject, 'hello', 'held', HELD);
    const begun = await measureBegun(lab, urlOf(queue));
    const before = await countProcessed(subject);
    const calls = { path: '/held', body: SIZE, connections: CLIENTS };
    const { rate = 0, p99 = 0, failures = 0 } = await load(lab, server, queue, calls, seconds);
    const start = performance.now();
    await ask(subject, 'GET', '/function/held/release');
    const signal = AbortSignal.any([lab.signal, AbortSignal.timeout(DRAINED_WITHIN)]);
    while ((await countProcessed(subject)) - before < rate * seconds) {
      await wait(LOOK_AGAIN, undefined, { signal });
    }
    const drained = (rate * seconds * 1000) / (performance.now() - start);
    return { rate, p99, failures, drained, ...begun };
  } finally {
    await server.end();
  }
}

const [ONE, GROUPED, JETSTREAM] = ['fdatasync', `fdatasync of ${CLIENTS} at once`, 'JetStream'];

function contender(name: string, measure: (lab: Lab, seconds: number) => Promise<Sample>): Contender {
  return {
    make: () => subjectOf(name, [], 'port'),
    measure: (lab, _subject, _point, seconds) => measure(lab, seconds),
  };
}

const CONTENDERS = [
  contender(ONE, (lab, seconds) => fdatasyncLoop(lab, 1, seconds)),
  contender(GROUPED, (lab, seconds) => fdatasyncLoop(lab, CLIENTS, seconds)),
  contender(JETSTREAM, (lab, seconds) => inNats(lab, (url) => jetStreamLoop(url, seconds))),
  contender('of-gateway', (lab, seconds) => measureQueue(lab, {}, seconds)),
  contender('of-gateway, JetStream', (lab, seconds) =>
    inNats(lab, (url) => measureQueue(lab, { nats_url: url }, seconds)),
  ),
];

/** Calls for later, beside the least that makes one durable. */
export const ASYNC: Scenario = {
  async: {
    axis: 'clients',
    points: points(CLIENTS),
    quickPoints: [],
    rounds: 3,
    warmUp: false,
    columns: ['rate', 'p99', 'begun', 'drained', 'failures'],
    ratios: ['rate'],
    beside: [ONE, GROUPED, JETSTREAM],
    contenders: CONTENDERS,
  },
};
