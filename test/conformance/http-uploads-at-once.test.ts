import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type http from 'node:http';
import { test } from 'node:test';
import { startForwarding } from '../support/upstream.ts';
import type { Watchdog } from '../support/watchdog.ts';

/** How many bytes of a body the function takes before it lets the rest wait. */
const MOST_AT_ONCE = 256 << 10;

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Answers with the hash of the body, which it reads with pauses, so that the watchdog cannot write it at once. */
function hashSlowly(request: http.IncomingMessage, response: http.ServerResponse): void {
  const hash = createHash('sha256');
  let taken = 0;
  request.on('data', (bytes: Buffer) => {
    hash.update(bytes);
    taken += bytes.length;
    if (taken < MOST_AT_ONCE) return;
    taken = 0;
    request.pause();
    setImmediate(() => request.resume());
  });
  request.on('end', () => response.end(hash.digest('hex')));
}

/** Sends bodies one after the other over one connection, in pieces of a size of its own. */
async function upload(watchdog: Watchdog, sizes: readonly number[]): Promise<void> {
  const connection = await watchdog.connect();
  for (const [at, size] of sizes.entries()) {
    const body = randomBytes(size);
    const head = `POST /${at} HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`;
    const isTogether = at % 2 === 0; // the others' bodies come in a read of their own
    connection.send(isTogether ? Buffer.concat([Buffer.from(head), body]) : head);
    if (!isTogether) {
      await new Promise((resolve) => setImmediate(resolve));
      connection.send(body);
    }
    await connection.waitFor(new RegExp(hashOf(body)));
  }
}

test('many uploads at once reach the function byte for byte', async (t) => {
  const { watchdog } = await startForwarding(t, hashSlowly);
  const sizes = [1, 5000, 70_000, 3 << 20, 65_536, 1 << 20, 200_000, 12];
  await Promise.all(
    Array.from({ length: 16 }, (_, shift) =>
      upload(watchdog, [...sizes.slice(shift % sizes.length), ...sizes.slice(0, shift % sizes.length)]),
    ),
  );
});

test('so do requests that come before the body of the one before was answered', async (t) => {
  const { watchdog } = await startForwarding(t, hashSlowly);
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      const bodies = [randomBytes(90_000), randomBytes(300), randomBytes(150_000), randomBytes(40)];
      const connection = await watchdog.connect();
      for (const body of bodies) {
        connection.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`);
        connection.send(body);
      }
      for (const body of bodies) await connection.waitFor(new RegExp(hashOf(body)));
    }),
  );
  assert.equal((await watchdog.request()).status, 200);
});
