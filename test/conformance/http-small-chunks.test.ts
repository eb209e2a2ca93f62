import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRawForwarding } from '../support/upstream.ts';

const CHUNKS = 5000;

test('chunks of a byte that come together go on together', async (t) => {
  const watchdog = await startRawForwarding(t, (socket) => {
    socket.on('data', () =>
      socket.write(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(CHUNKS)}0\r\n\r\n`,
      ),
    );
  });
  const { text } = await watchdog.exchange('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const sizes = [...text.matchAll(/\r\n([0-9a-f]+)\r\nx/g)].map((match) =>
    Number.parseInt(match[1] ?? '', 16),
  );
  assert.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    CHUNKS,
  );
  assert.ok(sizes.length < CHUNKS / 50, `${sizes.length} chunks`);
});
