import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { Pool, request } from 'undici';
import type { Gateway } from './programs.ts';

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

/** The name of the function, and the file of its state folder that lets its calls of /work go on. */
export const FUNCTION = 'fn';
const OPEN = 'open';

/** The module of a handler: what it does is in the path. */
export function handlerFor(state: string): string {
  return `import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
export default async ({ path }) => {
  const began = performance.timeOrigin + performance.now();
  if (path === '/hold') await new Promise(() => undefined);
  if (path === '/work') {
    while (!existsSync(${JSON.stringify(path.join(state, OPEN))})) await sleep(20);
    await sleep(1);
  }
  return { began };
};`;
}

/** The function tells in its answer, which a callback brings, when it began. */
export async function measureStart({ url }: Gateway, load: Load): Promise<number> {
  let answered: (text: string) => void = () => undefined;
  const server = createServer((incoming, response) => {
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
    incoming.on('end', () => {
      response.end();
      answered(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const callback = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const pool = new Pool(url);
  const waits: number[] = [];
  for (let count = 0; count < load.singles; count += 1) {
    const told = new Promise<string>((resolve) => (answered = resolve));
    const headers = { 'x-callback-url': callback };
    await submit(pool, '/start', Buffer.alloc(load.bytes, 'x'), headers);
    const taken = performance.timeOrigin + performance.now();
    const { began } = JSON.parse(await told) as { began: number };
    waits.push(Math.max(0, began - taken));
    await sleep(5);
  }
  await pool.close();
  server.close();
  server.closeAllConnections();
  return waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)] ?? Number.NaN;
}

/** All calls are queued before the first may end. */
export async function measureDrain({ url, metricsUrl, folder }: Gateway, load: Load): Promise<number> {
  const pool = new Pool(url, { connections: load.clients });
  const body = Buffer.alloc(load.bytes, 'x');
  let left = load.queued;
  const client = async (): Promise<void> => {
    for (; left > 0;) {
      left -= 1;
      await submit(pool, '/work', body);
    }
  };
  await Promise.all(Array.from({ length: load.clients }, client));
  await pool.close();
  await writeFile(path.join(folder, OPEN), '');
  const startedAt = performance.now();
  for (;;) {
    const { body: text } = await request(metricsUrl);
    const processed = /^queue_worker_messages_processed_total\{.*\} (\d+)$/m.exec(await text.text())?.[1];
    if (Number(processed) >= load.queued) return (performance.now() - startedAt) / 1000;
    await sleep(200);
  }
}

/** Calls that come at once, of which the first few run and do not end. */
export async function measureEnqueue(
  { url }: Gateway,
  { clients, bytes, seconds }: Load,
): Promise<Pick<QueueFigures, 'enqueueRate' | 'enqueueP99'>> {
  const { requests, latency, non2xx, errors } = await autocannon({
    url: `${url}/async-function/${FUNCTION}/hold`,
    method: 'POST',
    body: Buffer.alloc(bytes, 'x'),
    connections: clients,
    duration: seconds,
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} calls were not taken`);
  return { enqueueRate: requests.average, enqueueP99: latency.p99 };
}

async function submit(pool: Pool, target: string, body: Buffer, headers = {}): Promise<void> {
  const where = `/async-function/${FUNCTION}${target}`;
  const { statusCode, body: answer } = await pool.request({ method: 'POST', path: where, body, headers });
  await answer.dump();
  if (statusCode !== 202) throw new Error(`a call was answered with ${statusCode}`);
}
