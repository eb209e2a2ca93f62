import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { countOf, onRequest } from '../support/raw-requests.ts';
import { startForwarding, startRawForwarding } from '../support/upstream.ts';

const ROUNDS = 150;

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('kept-alive connections to the function', { concurrency: 3 }, () => {
  test('are used again', async (t) => {
    let connections = 0;
    const { watchdog, upstream } = await startForwarding(t, (_request, response) => void response.end('ok'));
    upstream.server.on('connection', () => (connections += 1));
    for (let round = 0; round < 20; round += 1) assert.equal((await watchdog.request()).status, 200);
    assert.ok(connections <= 5, `${connections} connections for 20 requests`);
  });

  for (const way of ['end', 'destroy', 'resetAndDestroy'] as const) {
    test(`closed after each answer without a word (${way}): no request fails, no POST runs twice`, async (t) => {
      const lines: string[] = [];
      const watchdog = await startRawForwarding(t, (socket) => {
        onRequest(socket, (line) => {
          lines.push(line);
          // The answer has to be out before a reset may follow.
          socket.write(ANSWER, () => setImmediate(() => socket[way]()));
        });
      });
      for (let round = 0; round < ROUNDS; round += 1) {
        const method = round % 2 === 0 ? 'GET' : 'POST';
        const answer = await watchdog.request(
          method === 'GET' ? { path: `/${round}` } : { method, path: `/${round}`, body: 'b' },
        );
        assert.deepEqual([answer.status, answer.text], [200, 'ok'], `round ${round}: ${answer.text}`);
      }
      for (const [line, count] of countOf(lines)) {
        if (line.startsWith('POST')) assert.equal(count, 1, line);
      }
    });
  }

  test('Node’s own keep-alive timeout, of a few milliseconds', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    Object.assign(upstream.server, { keepAliveTimeout: 2 });
    for (let round = 0; round < 60; round += 1) {
      const answer = await watchdog.request({ method: 'POST', body: 'b' });
      assert.equal(answer.status, 200, `round ${round}: ${answer.text}`);
      await pause(round % 8); // so that the timeout meets the next request at varying moments
    }
    assert.equal(upstream.seen.length, 60);
  });
});

describe('a request whose function dies over it', { concurrency: 3 }, () => {
  test('is not tried again when it is a POST, on a fresh connection or a used one', async (t) => {
    const lines: string[] = [];
    const watchdog = await startRawForwarding(t, (socket) => {
      onRequest(socket, (line) => {
        lines.push(line);
        if (line.includes('/deadly')) socket.destroy();
        else socket.write(ANSWER);
      });
    });
    for (let round = 0; round < 10; round += 1) {
      assert.equal((await watchdog.request()).status, 200);
      const answer = await watchdog.request({ method: 'POST', path: `/deadly/${round}`, body: 'b' });
      assert.equal(answer.status, 500);
      assert.equal(answer.headers['x-openfaas-internal'], 'of-watchdog');
    }
    const deadly = lines.filter((line) => line.includes('/deadly'));
    assert.equal(deadly.length, 10, `each ran once: ${deadly.join(' ')}`);
  });

  test('is not tried again when it is a POST whose body was still on its way', async (t) => {
    let deadly = 0;
    const watchdog = await startRawForwarding(t, (socket) => {
      socket.on('data', (bytes: Buffer) => {
        // It acts on the head alone and dies with the body unread.
        if (bytes.includes('POST /deadly')) deadly += 1;
        if (bytes.includes('POST /deadly')) socket.resetAndDestroy();
        else socket.write(ANSWER);
      });
    });
    for (const length of [70_000, 1 << 20, 8 << 20]) {
      assert.equal((await watchdog.request()).status, 200);
      const connection = await watchdog.connect();
      const body = Buffer.alloc(length, 1);
      connection.send(`POST /deadly HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`);
      connection.send(body);
      await connection.waitFor(/^HTTP\/1\.1 500 /);
    }
    assert.equal(deadly, 3);
  });

  test('is tried a bounded number of times when it is a GET', async (t) => {
    const lines: string[] = [];
    const watchdog = await startRawForwarding(t, (socket) => {
      onRequest(socket, (line) => {
        lines.push(line);
        socket.destroy();
      });
    });
    const answer = await watchdog.request();
    assert.equal(answer.status, 500);
    assert.ok(lines.length <= 5, `${lines.length} times`);
  });
});
