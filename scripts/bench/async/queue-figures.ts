import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { Pool } from 'undici';
import type { BenchProvider } from './provider.ts';

/** What is measured of a queue. */
export interface QueueFigures {
  /** Calls a second that are taken durably, and the milliseconds that 99 of 100 take. */
  readonly enqueueRate: number;
  readonly enqueueP99: number;
  /** Milliseconds from the 202 at the client to the start of the function, where nothing else goes on: half take less. */
  readonly startP50: number;
  /** Seconds for all calls of a queue, to a function of one millisecond. */
  readonly drainSeconds: number;
}

export interface Load {
  readonly clients: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Calls one after the other, of which the start is timed. */
  readonly singles: number;
  /** Calls that are queued, then worked off. */
  readonly queued: number;
}

const TARGET = '/async-function/fn';

/** Measures the queue of a gateway at `url`, before a provider whose function answers nothing yet. */
export async function measureStart(url: string, provider: BenchProvider, load: Load): Promise<number> {
  const pool = new Pool(url);
  const body = Buffer.alloc(load.bytes, 'x');
  const waits: number[] = [];
  for (let count = 0; count < load.singles; count += 1) {
    const began = new Promise<number>((resolve) => {
      provider.onCall = (_request, response) => {
        resolve(performance.now());
        response.end();
      };
    });
    const { statusCode, body: answer } = await pool.request({ method: 'POST', path: TARGET, body });
    const taken = performance.now();
    await answer.dump();
    if (statusCode !== 202) throw new Error(`a call was answered with ${statusCode}`);
    waits.push(Math.max(0, (await began) - taken));
    await sleep(5);
  }
  await pool.close();
  return waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)] ?? Number.NaN;
}

/** Seconds that the calls take which a gateway finds in its queue, from the first that the function gets to the last. */
export async function measureDrain(
  url: string,
  provider: BenchProvider,
  { bytes, queued, clients }: Load,
): Promise<number> {
  const held: (() => void)[] = [];
  let ended = 0;
  let isHeld = true;
  const work = (end: () => void): void => void setTimeout(end, 1);
  const all = new Promise<void>((resolve) => {
    provider.onCall = (_request, response) => {
      const end = (): void => {
        response.end();
        ended += 1;
        if (ended === queued) resolve();
      };
      if (isHeld) held.push(end);
      else work(end);
    };
  });
  const pool = new Pool(url, { connections: clients });
  const body = Buffer.alloc(bytes, 'x');
  let left = queued;
  const submit = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { statusCode, body: answer } = await pool.request({ method: 'POST', path: TARGET, body });
      await answer.dump();
      if (statusCode !== 202) throw new Error(`a call was answered with ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, submit));
  const startedAt = performance.now();
  isHeld = false;
  for (const end of held) work(end);
  await all;
  await pool.close();
  return (performance.now() - startedAt) / 1000;
}

/** Calls that come at once, of which none is made meanwhile: the function holds those that it gets. */
export async function measureEnqueue(
  url: string,
  provider: BenchProvider,
  { clients, bytes, seconds }: Load,
): Promise<Pick<QueueFigures, 'enqueueRate' | 'enqueueP99'>> {
  provider.onCall = () => undefined;
  const { requests, latency, non2xx, errors } = await autocannon({
    url: url + TARGET,
    method: 'POST',
    body: Buffer.alloc(bytes, 'x'),
    connections: clients,
    duration: seconds,
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} calls were not taken`);
  return { enqueueRate: requests.average, enqueueP99: latency.p99 };
}
