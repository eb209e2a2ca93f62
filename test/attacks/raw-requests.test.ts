// Requests as bytes, of all the kinds that were found to be read wrongly: in every mode, at once and in pieces.
// A new case is a row of test/support/raw-cases.ts.
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { behaviour, fixture } from '../support/command.ts';
import { RAW_CASES, type RawCase } from '../support/raw-cases.ts';
import { startForwarding } from '../support/upstream.ts';
import { startWatchdog, type Variables, type Watchdog } from '../support/watchdog.ts';

const AFTER = 'GET /after HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

/** Modes in which a process gets the path decoded. */
const PROCESS = { fprocess: behaviour('tell-request.sh') };
const MODES: Readonly<Record<string, Variables>> = {
  streaming: PROCESS,
  serializing: { ...PROCESS, mode: 'serializing' },
  classic: { ...PROCESS, mode: 'classic' },
  inproc: { mode: 'inproc', handler_path: fixture('inproc/tell-request.cjs') },
};

const HTTP: Readonly<Record<string, Variables>> = {
  'http mode': {},
  'http mode, fast_path=false': { fast_path: 'false' },
  'http mode, two workers': { workers: '2' },
};

/** Sends the pieces of a case on a connection of its own, and checks the answer. */
async function check(
  watchdog: Watchdog,
  row: RawCase,
  pieces: readonly string[],
  isDecoded = false,
): Promise<void> {
  const connection = await watchdog.connect();
  for (const piece of pieces) {
    await connection.flush(piece).catch(() => undefined);
    await turn();
  }
  const seen = [...((isDecoded && row.decoded) || row.seen)];
  const statuses = [...row.statuses];
  if (row.ends) connection.end();
  if (!row.closes) {
    seen.push('GET /after');
    statuses.push(200);
    connection.send(AFTER);
  }
  await connection.waitClosed();
  const { received } = connection;
  const got = [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
  assert.deepEqual(
    got.filter((status) => status >= 200),
    statuses,
    received,
  );
  assert.deepEqual(
    [...received.matchAll(/\[([A-Z]+ .*?)\]/g)].map((match) => match[1]),
    seen,
    received,
  );
  if (row.text) assert.match(received, row.text);
}

/** Cuts a case in two at every byte; large cases at some bytes. */
function cuts({ input }: RawCase): (readonly string[])[] {
  const step = Math.max(1, Math.floor(input.length / 300));
  const found: string[][] = [];
  for (let at = 1; at < input.length; at += step) found.push([input.slice(0, at), input.slice(at)]);
  return found;
}

for (const [name, variables] of Object.entries(HTTP)) {
  test(name, async (t) => {
    const { watchdog, upstream } = await startForwarding(
      t,
      (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          response.end(`[${request.method} ${request.url}${body && ' '}${body}]`);
        });
      },
      variables,
    );
    for (const row of RAW_CASES) {
      await t.test(row.name, async () => {
        upstream.seen.length = 0;
        await check(watchdog, row, [row.input]);
        const paths = upstream.seen.map(({ url }) => url).filter((url) => url !== '/after');
        assert.deepEqual(
          paths,
          row.seen.map((line) => line.split(' ')[1]),
          'nothing else reaches the function',
        );
        if (row.input.length < 1000) await check(watchdog, row, row.input.split(''));
        if (variables['workers'] !== undefined) return;
        await Promise.all(cuts(row).map((pieces) => check(watchdog, row, pieces)));
      });
    }
  });
}

for (const [name, variables] of Object.entries(MODES)) {
  test(`${name} mode`, async (t) => {
    const watchdog = await startWatchdog(t, variables);
    for (const row of RAW_CASES.filter(({ isForHttp }) => !isForHttp)) {
      await t.test(row.name, async () => {
        await check(watchdog, row, [row.input], name !== 'inproc');
        if (row.input.length < 1000) await check(watchdog, row, row.input.split(''), name !== 'inproc');
      });
    }
  });
}
