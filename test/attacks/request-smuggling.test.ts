// Attack: request smuggling. A request whose end is read in one way by the watchdog and in another by what stands
// before or behind it lets a second request through unseen. Whatever could be read in two ways is refused with 400
// (501 for a transfer coding, 505 for a version that is not known), once; the connection is closed, and the function
// sees nothing of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startForwarding } from '../support/upstream.ts';
import { startWatchdog, type Watchdog } from '../support/watchdog.ts';

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const REFUSED = [400, 501, 505];

/** Requests that can be read in two ways, each followed by bytes that could be taken for a second one. */
const ATTACKS: Readonly<Record<string, string>> = {
  'a length and chunks': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'chunks and a length': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'a length of 0 and chunks': `GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'two lengths': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 36\r\n\r\n${SMUGGLED}`,
  'two lengths that agree': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na${SMUGGLED}`,
  'a list of lengths': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 36\r\n\r\na${SMUGGLED}`,
  'a negative length': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n${SMUGGLED}`,
  'a length with a sign': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na${SMUGGLED}`,
  'a length in hexadecimal': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\na${SMUGGLED}`,
  'a length with a space in it': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1 1\r\n\r\na${SMUGGLED}`,
  'an empty length': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n${SMUGGLED}`,
  'a length past 64 bits': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551617\r\n\r\na${SMUGGLED}`,
  'a space before the colon': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 0\r\n\r\n${SMUGGLED}`,
  'a space before the colon of Transfer-Encoding': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'a tab before the colon': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length\t: 0\r\n\r\n${SMUGGLED}`,
  'a header without a colon': `GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n${SMUGGLED}`,
  'a header without a name': `GET / HTTP/1.1\r\nHost: x\r\n: value\r\n\r\n${SMUGGLED}`,
  'a folded header': `GET / HTTP/1.1\r\nHost: x\r\nX-One: 1\r\n Content-Length: 36\r\n\r\n${SMUGGLED}`,
  'a folded Transfer-Encoding': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'a first header that begins with a space': `GET / HTTP/1.1\r\n Host: x\r\n\r\n${SMUGGLED}`,
  'two Hosts': `GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n${SMUGGLED}`,
  'no Host': `GET / HTTP/1.1\r\n\r\n${SMUGGLED}`,
  'bare line feeds': `POST / HTTP/1.1\nHost: x\nContent-Length: 0\n\n${SMUGGLED}`,
  'a bare line feed in a header': `GET / HTTP/1.1\r\nHost: x\r\nX-One: 1\nContent-Length: 36\r\n\r\n${SMUGGLED}`,
  'a bare line feed at the end of the head': `GET / HTTP/1.1\r\nHost: x\r\n\n${SMUGGLED}`,
  'a bare carriage return in a header': `GET / HTTP/1.1\r\nHost: x\r\nX-One: 1\rContent-Length: 36\r\n\r\n${SMUGGLED}`,
  'a NUL in a header': `GET / HTTP/1.1\r\nHost: x\r\nX-One: a\0b\r\n\r\n${SMUGGLED}`,
  'a NUL in a name': `GET / HTTP/1.1\r\nHost: x\r\nX\0One: a\r\n\r\n${SMUGGLED}`,
  'another control character in a header': `GET / HTTP/1.1\r\nHost: x\r\nX-One: a\x01b\r\n\r\n${SMUGGLED}`,
  'Transfer-Encoding: gzip, chunked': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'Transfer-Encoding: chunked, identity': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'Transfer-Encoding: identity': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\na${SMUGGLED}`,
  'Transfer-Encoding: xchunked': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'Transfer-Encoding: chunkedx': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'Transfer-Encoding: chunked, chunked': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'two Transfer-Encodings': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'two Transfer-Encodings that differ': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'an empty Transfer-Encoding': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\nContent-Length: 1\r\n\r\na${SMUGGLED}`,
  'a quoted Transfer-Encoding': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'a vertical tab before chunked': `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'chunks in HTTP/1.0': `POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'HTTP/1.2': `GET / HTTP/1.2\r\nHost: x\r\n\r\n${SMUGGLED}`,
  'HTTP/2.0 in words': `GET / HTTP/2.0\r\nHost: x\r\n\r\n${SMUGGLED}`,
  'HTTP/0.9': `GET /\r\n\r\n${SMUGGLED}`,
  'a space in the target': `GET /a b HTTP/1.1\r\nHost: x\r\n\r\n${SMUGGLED}`,
  'a tab in the target': `GET /a\tb HTTP/1.1\r\nHost: x\r\n\r\n${SMUGGLED}`,
  'a lower-case method': `get / HTTP/1.1\r\nHost: x\r\n\r\n${SMUGGLED}`,
};

async function assertRefused(watchdog: Watchdog, bytes: string): Promise<void> {
  const answer = await watchdog.exchange(bytes, 3000);
  assert.ok(REFUSED.includes(answer.statuses[0] ?? 0), `answered:\n${answer.text || '(nothing)'}`);
  assert.equal(answer.statuses.length, 1, `one answer:\n${answer.text}`);
  assert.ok(answer.closed, 'the connection is closed');
}

test('http mode refuses what can be read in two ways', async (t) => {
  const { watchdog, upstream } = await startForwarding(t);
  for (const [name, bytes] of Object.entries(ATTACKS)) {
    await t.test(name, () => assertRefused(watchdog, bytes));
  }
  assert.deepEqual(upstream.seen, [], 'the function saw nothing');
  assert.equal((await watchdog.request()).status, 200);
});

test('streaming mode refuses what can be read in two ways', async (t) => {
  const watchdog = await startWatchdog(t, { fprocess: 'cat' });
  for (const [name, bytes] of Object.entries(ATTACKS)) {
    await t.test(name, () => assertRefused(watchdog, bytes));
  }
  assert.doesNotMatch(watchdog.log, /smuggled/);
  assert.match(await watchdog.metrics(), /^function_starts_total 0$/m);
});

test('bytes after a last request are nobody’s, and its answer arrives', async (t) => {
  const { watchdog, upstream } = await startForwarding(t, (request, response) => {
    request.resume();
    setTimeout(() => response.end('answer'), 100);
  });
  for (const last of [
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'GET / HTTP/1.0\r\nHost: x\r\n\r\n',
  ]) {
    const answer = await watchdog.exchange(last + SMUGGLED, 3000);
    assert.deepEqual(answer.statuses, [200], answer.text);
    assert.match(answer.text, /answer$/);
  }
  assert.ok(upstream.seen.every(({ url }) => url === '/'));
});

test('the health check cannot be used for it either', async (t) => {
  const watchdog = await startWatchdog(t, { fprocess: 'cat' });
  for (const name of ['a length and chunks', 'two lengths', 'chunks in HTTP/1.0']) {
    await assertRefused(watchdog, (ATTACKS[name] ?? '').replace(/^(\w+) \//, '$1 /_/health'));
  }
});
