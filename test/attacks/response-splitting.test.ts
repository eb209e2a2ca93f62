// Attack: a function that is made to break its response (or is itself the attacker's) must not be able to answer the
// next client's request. A response that can be read in two ways is a 500 or broken off; what follows a response on
// the connection belongs to nobody.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startRawForwarding } from '../support/upstream.ts';

const EVIL = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil';

const RESPONSES: Readonly<Record<string, string>> = {
  'a length and chunks': `HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${EVIL}`,
  'two lengths': `HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 45\r\n\r\n${EVIL}`,
  'a broken status line': `HTTP/1.1 abc\r\n\r\n${EVIL}`,
  'a broken length': `HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n${EVIL}`,
  'a broken chunk': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n${EVIL}`,
  'a space before a colon': `HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n${EVIL}`,
  'a NUL in a header': `HTTP/1.1 200 OK\r\nX-One: a\0b\r\nContent-Length: 0\r\n\r\n${EVIL}`,
  'no HTTP at all': 'hello, I am no server of HTTP\r\n\r\n',
};

describe('responses that can be read in two ways', { concurrency: 4 }, () => {
  for (const [name, bytes] of Object.entries(RESPONSES)) {
    test(name, async (t) => {
      const watchdog = await startRawForwarding(t, (socket) => {
        socket.on('data', () => socket.write(Buffer.from(bytes, 'latin1')));
      });
      for (let round = 0; round < 3; round += 1) {
        const answer = await watchdog.request({ path: `/${round}`, deadlineMs: 3000 });
        assert.ok(answer.status === 500 || answer.aborted, `round ${round}: ${answer.status} ${answer.text}`);
        assert.doesNotMatch(answer.text, /evil/);
      }
      assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
    });
  }

  test('bytes after a response are not the response to the next request', async (t) => {
    const watchdog = await startRawForwarding(t, (socket) => {
      socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood${EVIL}`));
    });
    for (let round = 0; round < 20; round += 1) {
      const answer = await watchdog.request();
      assert.notEqual(answer.text, 'evil', `round ${round}`);
    }
  });

  test('a response that comes before it was asked for is nobody’s', async (t) => {
    const watchdog = await startRawForwarding(t, (socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood');
        setTimeout(() => socket.write(EVIL), 20);
      });
    });
    assert.equal((await watchdog.request()).text, 'good');
    await pause(100); // until the uncalled-for response lies on the connection
    assert.notEqual((await watchdog.request({ deadlineMs: 3000 })).text, 'evil');
  });

  test('a 101 that nobody asked for is an error', async (t) => {
    const watchdog = await startRawForwarding(t, (socket) => {
      socket.on('data', () =>
        socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n${EVIL}`),
      );
    });
    const answer = await watchdog.request({ deadlineMs: 3000 });
    assert.equal(answer.status, 500);
  });

  test('a flood of headers is an error, not a memory leak', async (t) => {
    const watchdog = await startRawForwarding(t, (socket) => {
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const line = `X-Flood: ${'f'.repeat(65_000)}\r\n`;
        const pour = (): void => {
          while (!socket.destroyed && socket.write(line)); // until it is closed or full
          if (!socket.destroyed) socket.once('drain', pour);
        };
        pour();
      });
    });
    assert.equal((await watchdog.request()).status, 500);
  });

  for (const [name, bytes] of Object.entries({
    'a control character in a header': 'HTTP/1.1 200 OK\r\nX-One: a\x01b\r\nContent-Length: 2\r\n\r\nok',
    'a DEL in a header': 'HTTP/1.1 200 OK\r\nX-One: a\x7fb\r\nContent-Length: 2\r\n\r\nok',
    'a control character in the reason': 'HTTP/1.1 200 O\x01K\r\nContent-Length: 2\r\n\r\nok',
    'a carriage return in the reason': 'HTTP/1.1 200 O\rK\r\nContent-Length: 2\r\n\r\nok',
    'a name with a space': 'HTTP/1.1 200 OK\r\nX One: 1\r\nContent-Length: 2\r\n\r\nok',
    'a name with other bytes': 'HTTP/1.1 200 OK\r\nX-\xe4: 1\r\nContent-Length: 2\r\n\r\nok',
    'a status of 000': 'HTTP/1.1 000 Zero\r\nContent-Length: 2\r\n\r\nok',
    'a status of 099': 'HTTP/1.1 099 Low\r\nContent-Length: 2\r\n\r\nok',
    'an odd trailer':
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-\xe4: \x01\r\n\r\n',
    'a trailer called Content-Length':
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nContent-Length: 9\r\n\r\n',
    'an odd early hint':
      'HTTP/1.1 103 Early Hints\r\nLink: nonsense\r\nX-One: \xe4\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  })) {
    test(`${name} is passed on or an error, at once, and ends nothing else`, async (t) => {
      const watchdog = await startRawForwarding(t, (socket) => {
        socket.on('data', () => socket.write(Buffer.from(bytes, 'latin1')));
      });
      for (let round = 0; round < 2; round += 1) {
        const answer = await watchdog.exchange(
          'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
          3000,
        );
        assert.ok(answer.closed, `no end to it: ${answer.text}`);
        const [final] = answer.statuses.filter((status) => status >= 200);
        assert.ok(final === 200 || final === 500, `answered: ${answer.text || '(nothing)'}`);
      }
      assert.match(await watchdog.metrics(), /^http_requests_in_flight 0$/m);
      assert.ok(!watchdog.hasEnded);
    });
  }
});
