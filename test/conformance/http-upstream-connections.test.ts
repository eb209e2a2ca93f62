import assert from 'node:assert/strict';
import type net from 'node:net';
import { describe, test } from 'node:test';
import { startForwarding, startRawForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';

const NO_CONTENT = 'HTTP/1.1 204 No Content\r\n\r\n';

for (const fastPath of ['true', 'false']) {
  describe(`connections to the function, fast_path=${fastPath}`, { concurrency: 3 }, () => {
    test('one that was silent after a response without a body carries another request', async (t) => {
      let carried = 0;
      const watchdog = await startRawForwarding(
        t,
        (socket) => {
          let requests = 0;
          socket.on('data', () => {
            carried = Math.max(carried, (requests += 1));
            socket.write(NO_CONTENT);
          });
        },
        { fast_path: fastPath },
      );
      await until(async () => {
        assert.equal((await watchdog.request()).status, 204);
        return carried > 1;
      }, 'a connection to be used again');
    });

    test('a function that serves one connection at a time answers 204 after 204', async (t) => {
      const queue: net.Socket[] = [];
      const serveFirst = (): void => {
        const socket = queue[0];
        socket?.on('data', () => socket.write(NO_CONTENT));
        socket?.once('close', () => {
          queue.shift();
          serveFirst();
        });
        socket?.once('end', () => socket.destroy());
      };
      const watchdog = await startRawForwarding(
        t,
        (socket) => {
          if (queue.push(socket) === 1) serveFirst();
        },
        { fast_path: fastPath },
      );
      for (let count = 0; count < 10; count += 1) {
        const { status, ms } = await watchdog.request({ deadlineMs: 10_000 });
        assert.equal(status, 204);
        assert.ok(ms < 3000, `${ms} ms: as if it had waited for a connection to age`);
      }
    });

    test('those that a burst has opened are closed as they age', async (t) => {
      const waiting: (() => void)[] = [];
      const { watchdog, upstream } = await startForwarding(
        t,
        (request, response) => {
          request.resume();
          waiting.push(() => response.end('ok'));
          if (waiting.length === 50) for (const answer of waiting) answer();
        },
        { fast_path: fastPath },
      );
      const open = (): Promise<number> =>
        new Promise((resolve) => {
          upstream.server.getConnections((_error, count) => resolve(count));
        });
      upstream.server.on('connection', (socket: net.Socket) => socket.setTimeout(0));
      Object.assign(upstream.server, { keepAliveTimeout: 0 });
      const answers = await Promise.all(Array.from({ length: 50 }, () => watchdog.request()));
      assert.ok(answers.every(({ status }) => status === 200));
      await until(async () => (await open()) === 0, 'the connections to be closed');
    });
  });
}
