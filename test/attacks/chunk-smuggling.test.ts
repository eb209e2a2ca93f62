// Attack: request smuggling by chunks that are read in two ways. The refusal may come when the request has begun, so
// a 400 or a close without any answer is right, a second request is not, and no process and no function may take
// the broken body for a whole one.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

const HEAD = 'POST /chunked HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';

const ATTACKS: Readonly<Record<string, string>> = {
  'a size that is no number': 'zz\r\nab\r\n0\r\n\r\n',
  'an empty size': '\r\nab\r\n0\r\n\r\n',
  'a negative size': '-1\r\nab\r\n0\r\n\r\n',
  'a size with a sign': '+2\r\nab\r\n0\r\n\r\n',
  'a size with 0x': '0x2\r\nab\r\n0\r\n\r\n',
  'a size past 64 bits': '10000000000000002\r\nab\r\n0\r\n\r\n',
  'a size past 64 bits that wraps round to 0': '10000000000000000\r\n\r\n',
  'a space before the size': ' 2\r\nab\r\n0\r\n\r\n',
  'a space after the size': '2 \r\nab\r\n0\r\n\r\n',
  'a size ended by a bare line feed': '2\nab\r\n0\r\n\r\n',
  'a size ended by a bare carriage return': '2\rab\r\n0\r\n\r\n',
  'an extension ended by a bare line feed': '2;x\nab\r\n0\r\n\r\n',
  'a chunk longer than its size': '2\r\nabc\r\n0\r\n\r\n',
  'a chunk shorter than its size': '5\r\nab\r\n0\r\n\r\nX',
  'a chunk ended by a bare line feed': '2\r\nab\n0\r\n\r\n',
  'a chunk that does not end': '2\r\nab0\r\n\r\n',
  'a last chunk ended by a bare line feed': '2\r\nab\r\n0\n\r\n',
  'a trailer with a space before its colon': '0\r\nX-One : 1\r\n\r\n',
  'a trailer with a NUL': '0\r\nX-One: a\0b\r\n\r\n',
  'a trailer with a bare line feed': '0\r\nX-One: 1\nX-Two: 2\r\n\r\n',
};

test('http mode refuses broken chunks', async (t) => {
  const { watchdog, upstream } = await startForwarding(t);
  for (const [name, body] of Object.entries(ATTACKS)) {
    await t.test(name, async () => {
      const answer = await watchdog.exchange(HEAD + body + SMUGGLED, 3000);
      assert.ok(answer.statuses.length <= 1, `one answer at most:\n${answer.text}`);
      assert.ok([400, 413, undefined].includes(answer.statuses[0]), `answered:\n${answer.text}`);
      assert.ok(answer.closed, 'the connection is closed');
    });
  }
  assert.deepEqual(upstream.seen, [], 'the function saw no whole request');
  assert.equal((await watchdog.request()).status, 200);
});

for (const mode of ['streaming', 'serializing', 'classic']) {
  test(`${mode} mode refuses broken chunks, and no process takes them for whole`, async (t) => {
    const watchdog = await startWatchdog(t, { mode, fprocess: behaviour('note-end-of-input.sh') });
    for (const [name, body] of Object.entries(ATTACKS)) {
      await t.test(name, async () => {
        const answer = await watchdog.exchange(HEAD + body + SMUGGLED, 3000);
        assert.ok(answer.statuses.length <= 1, `one answer at most:\n${answer.text}`);
        assert.ok([400, 413, undefined].includes(answer.statuses[0]), `answered:\n${answer.text}`);
        assert.ok(answer.closed, 'the connection is closed');
      });
    }
    await until(() => watchdog.leftovers().length === 0, 'the processes to be gone');
    assert.ok(!existsSync(path.join(watchdog.folder, 'end-of-input')));
    assert.doesNotMatch(watchdog.log, /smuggled/);
  });
}

test('extensions and odd, but right, chunks are served', async (t) => {
  const { watchdog, upstream } = await startForwarding(t);
  const right = ['2;x=y\r\nab\r\n0\r\n\r\n', '002\r\nab\r\n000\r\n\r\n', '2;q="a;b"\r\nab\r\n0;last\r\n\r\n'];
  for (const body of right) {
    const head = HEAD.replace('Host: x', 'Host: x\r\nConnection: close');
    assert.deepEqual((await watchdog.exchange(head + body)).statuses, [200], body);
    assert.equal(upstream.seen.at(-1)?.body.toString(), 'ab');
  }
});
