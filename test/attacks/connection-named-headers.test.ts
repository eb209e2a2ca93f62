// Attack: headers that Connection names are taken off a request before it goes on. A client that names
// Content-Length, Transfer-Encoding, Host or one on which the function relies for its safety would have them removed,
// so that the body is read as a second request, or a check is got round. Trailers are the same trick from the other
// end: a field that comes after the body must not become one that frames or routes it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startForwarding } from '../support/upstream.ts';

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';

test('framing cannot be taken off by Connection', async (t) => {
  const { watchdog, upstream } = await startForwarding(t);

  for (const named of ['content-length', 'Content-Length', 'close, content-length', 'content-length, x']) {
    await t.test(`Connection: ${named}`, async () => {
      const before = upstream.seen.length;
      const answer = await watchdog.exchange(
        `POST /outer HTTP/1.1\r\nHost: x\r\nConnection: ${named}\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
        500,
      );
      assert.equal(answer.statuses.length, 1);
      const seen = upstream.seen.slice(before);
      if (answer.statuses[0] === 400) return assert.deepEqual(seen, []);
      assert.deepEqual(
        seen.map(({ url, body }) => [url, body.toString()]),
        [['/outer', SMUGGLED]],
      );
      return undefined;
    });
  }

  await t.test('Connection: transfer-encoding', async () => {
    const before = upstream.seen.length;
    const chunk = `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`;
    const answer = await watchdog.exchange(
      `POST /outer HTTP/1.1\r\nHost: x\r\nConnection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
      500,
    );
    assert.equal(answer.statuses.length, 1);
    const seen = upstream.seen.slice(before);
    if (answer.statuses[0] === 400) return assert.deepEqual(seen, []);
    assert.deepEqual(
      seen.map(({ url, body }) => [url, body.toString()]),
      [['/outer', SMUGGLED]],
    );
    return undefined;
  });

  await t.test('Host stays', async () => {
    await watchdog.exchange('GET / HTTP/1.1\r\nHost: fn.example\r\nConnection: close, host\r\n\r\n');
    assert.equal(upstream.seen.at(-1)?.headers.host, 'fn.example');
  });
});

test('trailers frame and route nothing', async (t) => {
  const { watchdog, upstream } = await startForwarding(t);
  const trailers = [
    'Content-Length: 36',
    'Transfer-Encoding: chunked',
    'Host: other.example',
    'Connection: upgrade',
    'Authorization: Bearer later',
    'X-Call-Id: later',
  ];
  for (const trailer of trailers) {
    const name = trailer.split(':')[0] ?? '';
    for (const announced of ['', `Trailer: ${name}\r\n`]) {
      await t.test(`${trailer}, ${announced === '' ? 'not announced' : 'announced'}`, async () => {
        const before = upstream.seen.length;
        const answer = await watchdog.exchange(
          `POST /outer HTTP/1.1\r\nHost: fn\r\n${announced}Transfer-Encoding: chunked\r\n\r\n` +
            `2\r\nab\r\n0\r\n${trailer}\r\n\r\n`,
          500,
        );
        assert.equal(answer.statuses.length, 1);
        const seen = upstream.seen.slice(before);
        if (answer.statuses[0] === 400) return assert.deepEqual(seen, []);
        assert.equal(answer.statuses[0], 200, answer.text);
        assert.equal(seen.length, 1);
        assert.equal(seen[0]?.body.toString(), 'ab');
        assert.equal(seen[0]?.headers.host, 'fn');
        assert.equal(seen[0]?.headers.authorization, undefined);
        assert.equal(seen[0]?.headers['x-call-id'], undefined);
        for (const framing of ['content-length', 'transfer-encoding', 'host', 'connection']) {
          assert.equal(seen[0]?.trailers[framing], undefined, `${framing} as a trailer`);
        }
        return undefined;
      });
    }
  }
});
