import assert from 'node:assert/strict';
import type net from 'node:net';
import { test } from 'node:test';
import { onRequest } from '../support/raw-requests.ts';
import { startRawForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';

const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';

/** For less than this a connection of a faulty function is silent for too short a time, in milliseconds. */
const SILENT_MS = 50;

for (const fast_path of ['true', 'false']) {
  test(`a function that was seen to send more than its responses has no connection used again before it is silent, fast_path=${fast_path}`, async (t) => {
    let answeredAt = 0;
    let isSeen = false;
    let last: net.Socket | undefined;
    const watchdog = await startRawForwarding(
      t,
      (socket) => {
        socket.on('error', () => undefined);
        socket.on('end', () => socket.end());
        socket.on('close', () => (isSeen = true));
        onRequest(socket, (line) => {
          const before = last;
          last = socket;
          const isSoon = performance.now() - answeredAt < SILENT_MS; // a connection that was silent is used again
          if (isSoon && line.includes('/late/')) before?.write(POISON);
          answeredAt = performance.now();
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody');
        });
      },
      { fast_path },
    );
    const connection = await watchdog.connect();
    let answers = 0;
    const ask = async (path: string): Promise<void> => {
      connection.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      answers += 1;
      await connection.waitForTimes('200 OK', answers);
    };
    await ask('/');
    last?.write(POISON);
    await until(() => isSeen, 'the connection to be closed');
    for (let round = 0; round < 20; round += 1) await ask(`/late/${round}`);
    assert.doesNotMatch(connection.received, /poison/);
  });
}
