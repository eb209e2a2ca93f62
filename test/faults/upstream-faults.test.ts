import assert from 'node:assert/strict';
import type net from 'node:net';
import { describe, test } from 'node:test';
import { assertNothingLeaked, holdingsOf } from '../support/leaks.ts';
import { residentBytesOf } from '../support/process-table.ts';
import { startForwarding, startRawForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';

const ROUNDS = 10;

/** A fault of a function after a request has come, and the answer that its client must get. */
interface Fault {
  readonly act: (socket: net.Socket) => void;
  readonly sees: 'an error' | 'a broken response';
}

const BEGUN = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789';
const BEGUN_CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n';

const FAULTS: Readonly<Record<string, Fault>> = {
  'closes without a word': { act: (socket) => socket.destroy(), sees: 'an error' },
  'ends its side without a word': { act: (socket) => socket.end(), sees: 'an error' },
  'resets without a word': { act: (socket) => socket.resetAndDestroy(), sees: 'an error' },
  'closes in the status line': {
    act: (socket) => void socket.write('HTTP/1.1 20', () => socket.destroy()),
    sees: 'an error',
  },
  'closes in the headers': {
    act: (socket) => void socket.write('HTTP/1.1 200 OK\r\nX-One: 1\r\n', () => socket.destroy()),
    sees: 'an error',
  },
  'closes in a body with a length': {
    act: (socket) => void socket.write(BEGUN, () => socket.destroy()),
    sees: 'a broken response',
  },
  'ends its side in a body with a length': {
    act: (socket) => void socket.end(BEGUN),
    sees: 'a broken response',
  },
  'resets in a body with a length': {
    act: (socket) => void socket.write(BEGUN, () => setTimeout(() => socket.resetAndDestroy(), 50)),
    sees: 'a broken response',
  },
  'closes between two chunks': {
    act: (socket) => void socket.write(BEGUN_CHUNKED, () => socket.destroy()),
    sees: 'a broken response',
  },
  'closes within a chunk': {
    act: (socket) => void socket.write(BEGUN_CHUNKED.slice(0, -5), () => socket.destroy()),
    sees: 'a broken response',
  },
  'closes before the last chunk is whole': {
    act: (socket) => void socket.write(`${BEGUN_CHUNKED}0\r\n`, () => socket.destroy()),
    sees: 'a broken response',
  },
  'stalls without a word': { act: () => undefined, sees: 'an error' },
  'stalls in the headers': {
    act: (socket) => void socket.write('HTTP/1.1 200 OK\r\nX-One: 1\r\n'),
    sees: 'an error',
  },
  'stalls in the body': { act: (socket) => void socket.write(BEGUN), sees: 'a broken response' },
};

describe('a function that', { concurrency: 4 }, () => {
  for (const [name, { act, sees }] of Object.entries(FAULTS)) {
    test(`${name}: the client sees ${sees}, and nothing is left`, async (t) => {
      const watchdog = await startRawForwarding(
        t,
        (socket) => {
          socket.on('data', (bytes: Buffer) => {
            if (bytes.includes('/fault')) act(socket);
            else socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
          });
          socket.on('end', () => socket.end());
        },
        { exec_timeout: '1500ms' },
      );
      assert.equal((await watchdog.request()).status, 200);
      const before = holdingsOf(watchdog);
      const answers = await Promise.all(
        Array.from({ length: ROUNDS }, (_none, round) =>
          watchdog.request(round % 2 ? { path: '/fault' } : { path: '/fault', method: 'POST', body: 'b' }),
        ),
      );
      for (const answer of answers) {
        if (sees === 'an error') {
          assert.ok(answer.status === 500 || answer.status === 504, `${answer.status} ${answer.error}`);
          assert.equal(answer.headers['x-openfaas-internal'], 'of-watchdog');
          assert.equal(answer.aborted, false);
        } else {
          assert.deepEqual([answer.status, answer.aborted], [200, true]);
          assert.match(answer.text, /^01234/);
        }
      }
      await assertNothingLeaked(watchdog, before);
      assert.equal((await watchdog.request()).text, 'ok');
    });
  }

  test('answers before it has read the request: the answer arrives', async (t) => {
    const { watchdog } = await startForwarding(
      t,
      (_request, response) => void response.writeHead(413).end('too long'),
    );
    for (let round = 0; round < 5; round += 1) {
      const connection = await watchdog.connect();
      connection.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${64 << 20}\r\n\r\n`);
      connection.send(Buffer.alloc(1 << 20));
      await connection.waitFor(/^HTTP\/1\.1 413 [^]*too long/);
      connection.destroy();
    }
    assert.equal((await watchdog.request()).status, 413);
  });

  test('reads nothing of a large body: it is not kept in memory', async (t) => {
    const watchdog = await startRawForwarding(t, (socket) => void socket.pause(), { exec_timeout: '1500ms' });
    const before = residentBytesOf(watchdog.pid);
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, residentBytesOf(watchdog.pid))), 20);
    t.after(() => clearInterval(watch));
    const connection = await watchdog.connect();
    connection.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${128 << 20}\r\n\r\n`);
    for (let block = 0; block < 128; block += 1) connection.send(Buffer.alloc(1 << 20));
    await connection.waitFor(/^HTTP\/1\.1 504 /);
    assert.ok(peak - before < 64 << 20, `grew by ${(peak - before) >> 20} MiB`);
  });

  test('floods a client that does not read: it is made to wait', async (t) => {
    let written = 0;
    const { watchdog } = await startForwarding(
      t,
      (_request, response) => {
        const block = Buffer.alloc(1 << 20);
        const pour = (): void => {
          while (written < 256 << 20) {
            written += block.length;
            if (!response.write(block)) return void response.once('drain', pour);
          }
          response.end();
        };
        pour();
      },
      { write_timeout: '1500ms' },
    );
    const before = residentBytesOf(watchdog.pid);
    const connection = await watchdog.connect();
    connection.pause();
    connection.send('GET /flood HTTP/1.1\r\nHost: x\r\n\r\n');
    await watchdog.stderr.waitFor(/GET \/flood - 504/);
    assert.ok(written < 64 << 20, `${written >> 20} MiB were taken`);
    assert.ok(residentBytesOf(watchdog.pid) - before < 64 << 20);
  });

  test('stops listening for a moment: no request hangs, and it is served again', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    assert.equal((await watchdog.request()).status, 200);
    const port = Number(new URL(upstream.url).port);
    upstream.server.close();
    const waiting = watchdog.request({ method: 'POST', body: 'b' });
    upstream.server.listen(port, '127.0.0.1');
    const answer = await waiting;
    assert.ok(answer.status === 200 || answer.status === 500, String(answer.status));
    await until(async () => (await watchdog.request()).status === 200, 'service to be resumed');
  });

  test('lets request after request time out: no connection is held, and none is opened for nothing', async (t) => {
    let opened = 0;
    const open = new Set<net.Socket>();
    const watchdog = await startRawForwarding(t, (socket) => {
      opened += 1;
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      socket.on('end', () => socket.end());
      socket.resume();
    });
    const headers = { 'x-timeout': '20ms' };
    const send = async (): Promise<void> => {
      for (let round = 0; round < 20; round += 1) {
        assert.equal((await watchdog.request({ method: 'POST', body: 'b', headers })).status, 504);
      }
    };
    await Promise.all(Array.from({ length: 10 }, send));
    assert.ok(opened <= 220, `${opened} connections for 200 requests`);
    await until(() => open.size <= 2, 'the connections to be closed', 2000);
  });
});
