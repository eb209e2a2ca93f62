import assert from 'node:assert/strict';
import http from 'node:http';
import { openFilesOf, residentBytesOf, zombiesOf } from './process-table.ts';
import { request, type RequestOptions } from './request.ts';
import { settled, until } from './wait.ts';
import type { Watchdog } from './watchdog.ts';

/** Requests of one soak. SOAK_REQUESTS lowers the number for a try. */
const REQUESTS = Number(process.env['SOAK_REQUESTS'] ?? 20_000);
/** The number for requests that take time to fail. */
export const FEWER = Math.ceil(REQUESTS / 4);

/** The settings of a watchdog to soak, with a small young generation, whose growth would look like a leak. */
export const STEADY = { log_format: 'json', NODE_OPTIONS: '--max-semi-space-size=2' };

const CLIENTS = 16;

/** How much memory may have grown since the warm-up, as a part of it: a heap grows and shrinks, a leak only grows. */
const GROWTH = 0.25;
const GROWTH_BYTES = 24 << 20;

/** A connection or two more or less is no leak. */
const FILES = 4;

interface Figures {
  readonly bytes: number;
  readonly files: number;
}

/**
 * Sends requests from 16 clients, and asserts that the watchdog ends as it was after the first half of them: memory,
 * descriptors, processes.
 * @param make makes the request of each round
 * @param accepts whether an answer is right
 */
export async function soak(
  watchdog: Watchdog,
  make: (round: number) => RequestOptions,
  accepts: (status: number, round: number, text: string, aborted: boolean) => boolean,
  requests = REQUESTS,
): Promise<void> {
  let round = 0;
  const sendUntil = async (end: number, agent: http.Agent): Promise<void> => {
    while (round < end) {
      const own = round;
      round += 1;
      const answer = await request(watchdog.port, { agent, ...make(own) });
      const isRight = accepts(answer.status, own, answer.text, answer.aborted);
      assert.ok(isRight, `round ${own}: ${answer.status} ${answer.error ?? ''} ${answer.text.slice(0, 200)}`);
    }
  };
  /** @returns the figures when all clients have gone */
  const run = async (end: number): Promise<Figures> => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
    try {
      await Promise.all(Array.from({ length: CLIENTS }, () => sendUntil(end, agent)));
    } finally {
      agent.destroy();
    }
    return figuresAtRest(watchdog);
  };
  const before = await run(Math.floor(requests / 2));
  const after = await run(requests);
  const most = before.bytes + Math.max(before.bytes * GROWTH, GROWTH_BYTES);
  const shown = `${before.bytes >> 20} MiB and ${before.files} files before, ${after.bytes >> 20} MiB and ${after.files} after`;
  console.log(`# ${requests} requests: ${shown}`);
  assert.ok(after.bytes <= most, shown);
  assert.ok(
    Math.abs(after.files - before.files) <= FILES,
    `${shown}: ${openFilesOf(watchdog.pid).join(' ')}`,
  );
  assert.deepEqual(zombiesOf(watchdog.pid), []);
}

/** The figures once the last processes and connections have ended. */
async function figuresAtRest(watchdog: Watchdog): Promise<Figures> {
  await until(
    async () => /^http_requests_in_flight 0$/m.test(await watchdog.metrics()),
    'no request in flight',
  );
  await until(() => zombiesOf(watchdog.pid).length === 0, 'no zombie to be left');
  const files = await settled(() => openFilesOf(watchdog.pid).length, 5000, 60_000);
  return { bytes: residentBytesOf(watchdog.pid), files };
}
