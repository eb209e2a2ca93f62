// Attack: memory by requests. A parsed request takes many times the bytes that its client has sent, so a connection
// full of requests that nobody answers yet, or a hundred heads of a megabyte, could take all there is. What waits has
// to wait in the client; heads are bounded in their fields, and in what they take together.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IDLE, fixture } from '../support/command.ts';
import { openFilesOf, residentBytesOf } from '../support/process-table.ts';
import type { RawConnection } from '../support/raw-connection.ts';
import { startUpstream } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog, type Variables, type Watchdog } from '../support/watchdog.ts';

const MIB = 1 << 20;

/** Bytes by which a watchdog may grow while it is attacked. */

const REQUEST = 'GET /p HTTP/1.1\r\nHost: x\r\n\r\n';
const NOT_FAST = 'GET /p HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nX-A: 2\r\n\r\n';

/** Sends until the other side has taken this number of bytes, or takes no more. */
async function sendMuch(connection: RawConnection, bytes: string, most: number): Promise<void> {
  const block = Buffer.from(bytes.repeat(Math.ceil(MIB / bytes.length)));
  for (let sent = 0; sent < most; sent += block.length) {
    const taken = connection.flush(block).then(() => true);
    const isTaken = await Promise.race([taken, new Promise((resolve) => setTimeout(resolve, 300, false))]);
    if (!isTaken || connection.closed) return;
  }
}

async function assertServes(watchdog: Watchdog): Promise<void> {
  assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
}

const HANGING: Readonly<Record<string, Variables>> = {
  streaming: { fprocess: 'sleep 600' },
  serializing: { mode: 'serializing', fprocess: 'sleep 600' },
  classic: { mode: 'classic', fprocess: 'sleep 600' },
  inproc: { mode: 'inproc', handler_path: fixture('inproc/never.cjs') },
};

/** Bytes by which an idle process may grow for all sorts of reasons: a fraction of the bytes that were sent. */
function assertSmall(growth: number): void {
  assert.ok(growth < 40 * MIB, `${Math.round(growth / MIB)} MiB more`);
}

describe('46 MiB of requests behind one that hangs', { concurrency: 2 }, () => {
  async function attack(watchdog: Watchdog, first: string): Promise<void> {
    const before = residentBytesOf(watchdog.pid);
    const connection = await watchdog.connect();
    await sendMuch(connection, first, 46 * MIB);
    assertSmall(residentBytesOf(watchdog.pid) - before);
    await assertServes(watchdog);
  }

  for (const [mode, variables] of Object.entries(HANGING)) {
    test(`${mode} mode`, async (t) => {
      const watchdog = await startWatchdog(t, variables);
      await attack(watchdog, REQUEST);
    });
  }

  for (const fastPath of ['true', 'false']) {
    for (const [name, bytes] of Object.entries({ plain: REQUEST, 'not for the fast path': NOT_FAST })) {
      test(`http mode, fast_path=${fastPath}, ${name}`, async (t) => {
        const upstream = await startUpstream(t, () => undefined);
        const variables = { mode: 'http', fprocess: IDLE, upstream_url: upstream.url, fast_path: fastPath };
        await attack(await startWatchdog(t, variables), bytes);
        assert.ok(upstream.seen.length <= 1, 'one at a time');
      });
    }
  }
});

describe('46 MiB of requests of a client that reads no answer', { concurrency: 2 }, () => {
  test('answers of the watchdog’s own end with write_timeout', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', write_timeout: '2s' });
    const before = residentBytesOf(watchdog.pid);
    const files = openFilesOf(watchdog.pid).length;
    const connection = await watchdog.connect();
    connection.pause();
    await sendMuch(connection, 'GET /_/health HTTP/1.1\r\nHost: x\r\n\r\n', 46 * MIB);
    assertSmall(residentBytesOf(watchdog.pid) - before);
    await assertServes(watchdog);
    await until(() => openFilesOf(watchdog.pid).length <= files, 'the connection to be closed');
  });
});

describe('heads', { concurrency: 1 }, () => {
  test('of more than 2,621 fields are 431, at once', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    const connection = await watchdog.connect();
    connection.send(`GET / HTTP/1.1\r\nHost: x\r\n${'a:\r\n'.repeat(3000)}`); // and never an end
    await connection.waitClosed();
    assert.match(connection.received, /^HTTP\/1\.1 431 /);
    const few = await watchdog.exchange(
      `GET / HTTP/1.1\r\nHost: x\r\n${'a:\r\n'.repeat(2500)}Connection: close\r\n\r\n`,
    );
    assert.deepEqual(few.statuses, [200]);
  });

  test('of a megabyte, under way on 100 connections, are bounded together, and others are served', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    const before = residentBytesOf(watchdog.pid);
    const connections = await Promise.all(Array.from({ length: 100 }, () => watchdog.connect()));
    const [slow] = connections;
    slow?.send('GET / HTTP/1.1\r\n'); // it disturbs nobody
    for (const connection of connections.slice(1))
      connection.send(`GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(MIB)}`);
    await until(
      () => connections.filter(({ received }) => received.startsWith('HTTP/1.1 431')).length > 50,
      'most of them to be refused',
    );
    await assertServes(watchdog);
    const growth = residentBytesOf(watchdog.pid) - before;
    assert.ok(growth < 160 * MIB, `${Math.round(growth / MIB)} MiB more`);
    slow?.send('Host: x\r\nConnection: close\r\n\r\n');
    await slow?.waitClosed();
    assert.match(slow?.received ?? '', /^HTTP\/1\.1 200 /);
  });

  test('of a megabyte, whole, are bounded together while their requests are in flight', async (t) => {
    const upstream = await startUpstream(t, () => undefined);
    const watchdog = await startWatchdog(t, { mode: 'http', fprocess: IDLE, upstream_url: upstream.url });
    const before = residentBytesOf(watchdog.pid);
    const connections = await Promise.all(Array.from({ length: 100 }, () => watchdog.connect()));
    for (const connection of connections)
      connection.send(`GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(MIB)}\r\n\r\n`);
    await until(
      () => connections.filter(({ received }) => received.startsWith('HTTP/1.1 431')).length > 50,
      'most of them to be refused',
    );
    await assertServes(watchdog);
    const growth = residentBytesOf(watchdog.pid) - before;
    assert.ok(growth < 250 * MIB, `${Math.round(growth / MIB)} MiB more`);
    for (const connection of connections) connection.destroy();
    await until(async () => /in_flight 0$/m.test(await watchdog.metrics()), 'none to stay in flight');
    const answer = await watchdog.exchange(
      `GET /_/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Big: ${'a'.repeat(MIB)}\r\n\r\n`,
    );
    assert.deepEqual(answer.statuses, [200], 'what was counted is free again');
  });
});
