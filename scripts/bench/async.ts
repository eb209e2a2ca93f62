import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fdatasyncLoop, jetStreamLoop } from './async/bare-loops.ts';
import { deployImage, GATEWAY_SETTINGS, makeImage } from './async/bench-function.ts';
import { startGateway, startNats, type Gateway } from './async/programs.ts';
import {
  FUNCTION,
  handlerFor,
  measureDrain,
  measureEnqueue,
  measureStart,
  type Load,
  type QueueFigures,
} from './async/queue-figures.ts';

/**
 * `npm run bench:async`: calls for later, beside the least that makes one durable. The parts take turns, and the medians
 * of all rounds are printed as JSON, with the ratios that say more than they do on another machine.
 */

const LOAD: Load = { clients: 64, bytes: 1024, seconds: 4, singles: 200, queued: 10_000 };
/** BENCH_ROUNDS asks for another number of them. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-async-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each figure of a gateway of its own, whose queue is empty. */
async function measureQueue(settings: NodeJS.ProcessEnv): Promise<QueueFigures> {
  const variables = {
    ...GATEWAY_SETTINGS,
    async_max_calls: '10000000',
    async_max_bytes: String(2 ** 40),
    ...settings,
  };
  const fresh = <T>(work: (gateway: Gateway) => Promise<T>): Promise<T> =>
    inFolder(async (folder) => {
      await makeImage(folder, FUNCTION, handlerFor(folder));
      const gateway = await startGateway(folder, variables);
      try {
        await deployImage(gateway.url, FUNCTION);
        return await work(gateway);
      } finally {
        await gateway.end();
      }
    });
  const startP50 = await fresh((gateway) => measureStart(gateway, LOAD));
  const drainSeconds = await fresh((gateway) => measureDrain(gateway, LOAD));
  const enqueue = await fresh((gateway) => measureEnqueue(gateway, LOAD));
  return { ...enqueue, startP50, drainSeconds };
}

const inNats = <T>(work: (url: string) => Promise<T>): Promise<T> =>
  inFolder(async (folder) => {
    const nats = await startNats(folder);
    try {
      return await work(nats.url);
    } finally {
      await nats.end();
    }
  });

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function medians(rounds: readonly QueueFigures[]): QueueFigures {
  const of = (key: keyof QueueFigures): number => median(rounds.map((round) => round[key]));
  return {
    enqueueRate: of('enqueueRate'),
    enqueueP99: of('enqueueP99'),
    startP50: of('startP50'),
    drainSeconds: of('drainSeconds'),
  };
}

const { bytes, clients, seconds } = LOAD;
const embedded: QueueFigures[] = [];
const jetStream: QueueFigures[] = [];
const one: number[] = [];
const grouped: number[] = [];
const published: number[] = [];
for (let round = 1; round <= ROUNDS; round += 1) {
  console.error(`round ${round} of ${ROUNDS} …`);
  one.push(await inFolder((folder) => fdatasyncLoop(folder, bytes, 1, seconds)));
  grouped.push(await inFolder((folder) => fdatasyncLoop(folder, bytes, clients, seconds)));
  published.push(await inNats((url) => jetStreamLoop(url, bytes, clients, seconds)));
  embedded.push(await measureQueue({}));
  jetStream.push(await inNats((url) => measureQueue({ nats_url: url })));
}
const queue = medians(embedded);
const nats = medians(jetStream);
const bare = {
  fdatasyncRate: median(one),
  fdatasyncRateGrouped: median(grouped),
  jetStreamRate: median(published),
};
const ratios = {
  embeddedToFdatasync: queue.enqueueRate / bare.fdatasyncRate,
  embeddedToFdatasyncGrouped: queue.enqueueRate / bare.fdatasyncRateGrouped,
  embeddedToJetStream: queue.enqueueRate / bare.jetStreamRate,
  natsToJetStream: nats.enqueueRate / bare.jetStreamRate,
};
console.log(JSON.stringify({ load: LOAD, bare, embedded: queue, nats, ratios }, undefined, 2));
