import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startRawForwarding } from '../support/upstream.ts';

/** Responses that are unusual but correct, and what the client must get. */
const RESPONSES: Readonly<Record<string, readonly [bytes: string, status: number, text: string]>> = {
  'an informational status that nobody knows': [
    'HTTP/1.1 199 Whatever\r\nX-One: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    200,
    'ok',
  ],
  'a status past 599': ['HTTP/1.1 999 Blocked\r\nContent-Length: 2\r\n\r\nno', 999, 'no'],
  'no reason phrase': ['HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  'an empty reason phrase': ['HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  'a reason phrase in Latin-1': ['HTTP/1.1 200 gr\xf6\xdfe\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  'a 204 with a length of 0': ['HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', 204, ''],
  'a 304 with the length of what it stands for': [
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 5000\r\n\r\n',
    304,
    '',
  ],
  'a header without a value': ['HTTP/1.1 200 OK\r\nX-One:\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  'chunks with extensions': [
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x="y"\r\nok\r\n0;z\r\n\r\n',
    200,
    'ok',
  ],
  'a bad Date and a Server': [
    'HTTP/1.1 200 OK\r\nDate: yesterday\r\nServer: odd/1\r\nContent-Length: 2\r\n\r\nok',
    200,
    'ok',
  ],
  'an Upgrade that is only offered': [
    'HTTP/1.1 200 OK\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\nok',
    200,
    'ok',
  ],
};

/** Responses that the function closes its connection behind, and what the client must get. */
const ON_ONE_CONNECTION: typeof RESPONSES = {
  'a 204 with a body': ['HTTP/1.1 204 No Content\r\n\r\nbody', 204, ''],
  'a 304 with a body': ['HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nbody', 304, ''],
  'bytes behind the body': ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokmore', 200, 'ok'],
  'a 101 that nobody asked for': [
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
    500,
    'Upstream HTTP request error: the function switches protocols, which nobody asked for\n',
  ],
};

/** Headers of requests that are forwarded by node:http. */
const STEP_BY_STEP: Readonly<Record<string, string>> = {
  'with trailers': 'Trailer: x\r\n',
  'with an expectation': 'Expect: 100-continue\r\n',
};

describe('unusual responses of a function', { concurrency: 4 }, () => {
  for (const [name, [bytes, status, text]] of Object.entries(RESPONSES)) {
    test(name, async (t) => {
      const watchdog = await startRawForwarding(t, (socket) => {
        socket.on('data', () => socket.write(Buffer.from(bytes, 'latin1')));
      });
      for (let round = 0; round < 3; round += 1) {
        const answer = await watchdog.request({ deadlineMs: 5000 });
        assert.deepEqual(
          [answer.status, answer.text, answer.aborted],
          [status, text, false],
          `round ${round}`,
        );
      }
      assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
    });
  }

  for (const [name, [bytes, status, text]] of Object.entries(ON_ONE_CONNECTION)) {
    for (const [kind, asked] of Object.entries(STEP_BY_STEP)) {
      test(`${name}, to a request ${kind}`, async (t) => {
        const watchdog = await startRawForwarding(t, (socket) => {
          socket.once('data', () => socket.end(Buffer.from(bytes, 'latin1')));
        });
        const answer = await watchdog.exchange(
          `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n${asked}\r\n0\r\n\r\n`,
        );
        assert.deepEqual(answer.statuses, [status], answer.text);
        assert.ok(answer.text.endsWith(`\r\n\r\n${text}`), answer.text);
      });
    }
  }

  test('a Date and a Server of the function’s own stay its own', async (t) => {
    const watchdog = await startRawForwarding(t, (socket) => {
      socket.on('data', () =>
        socket.write(
          'HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2001 00:00:00 GMT\r\nServer: own\r\nContent-Length: 0\r\n\r\n',
        ),
      );
    });
    const answer = await watchdog.request();
    assert.equal(answer.headers.date, 'Mon, 01 Jan 2001 00:00:00 GMT');
    assert.equal(answer.headers.server, 'own');
  });

  test('three thousand headers all arrive', async (t) => {
    const lines = Array.from({ length: 3000 }, (_none, index) => `X-H${index}: ${index}\r\n`).join('');
    const watchdog = await startRawForwarding(t, (socket) => {
      socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\n${lines}Content-Length: 0\r\n\r\n`));
    });
    const answer = await watchdog.exchange('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    assert.match(answer.text, /^X-H2999: 2999\r$/m);
  });

  test('a flood of trailers is broken off', async (t) => {
    const watchdog = await startRawForwarding(
      t,
      (socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n');
          const line = `X-Flood: ${'f'.repeat(60_000)}\r\n`;
          const pour = (): void => {
            while (!socket.destroyed && socket.write(line)); // until it is closed or full
            if (!socket.destroyed) socket.once('drain', pour);
          };
          pour();
        });
      },
      { exec_timeout: '5s' },
    );
    const answer = await watchdog.request();
    assert.ok(answer.aborted);
    assert.doesNotMatch(watchdog.log, /exec_timeout/);
  });
});
