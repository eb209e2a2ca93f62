// Attack: thousands of small headers. A server that keeps the first two thousand and forgets the rest without a word
// can be made to forget the one that matters: the token, the length, the user that a proxy put at the end.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startForwarding } from '../support/upstream.ts';
import { startWatchdog } from '../support/watchdog.ts';

const MANY = Array.from({ length: 5000 }, (_none, index) => `A${index}: ${index}`);

describe('five thousand headers', { concurrency: 2 }, () => {
  test('http mode: the last one arrives, or the request is refused', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    const answer = await watchdog.exchange(
      [
        'POST / HTTP/1.1',
        'Host: x',
        ...MANY,
        'X-User: me',
        'Content-Length: 4',
        'Connection: close',
        '',
        'body',
      ].join('\r\n'),
    );
    if (answer.statuses[0] === 431) return assert.deepEqual(upstream.seen, []);
    assert.deepEqual(answer.statuses, [200], answer.text);
    assert.equal(upstream.seen[0]?.headers['x-user'], 'me');
    assert.equal(upstream.seen[0]?.body.toString(), 'body');
    return undefined;
  });

  test('streaming mode: the last one arrives, or the request is refused', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'env' });
    const answer = await watchdog.exchange(
      ['GET / HTTP/1.1', 'Host: x', ...MANY, 'X-User: me', 'Connection: close', '', ''].join('\r\n'),
    );
    if (answer.statuses[0] === 431) return undefined;
    assert.deepEqual(answer.statuses, [200], answer.text.slice(0, 500));
    assert.match(answer.text, /^Http_X_User=me$/m);
    return undefined;
  });

  test('a second Host or length among them is found', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    for (const line of ['Host: y', 'Content-Length: 9', 'Transfer-Encoding: chunked']) {
      const answer = await watchdog.exchange(
        ['POST / HTTP/1.1', 'Host: x', 'Content-Length: 4', ...MANY, line, '', 'body'].join('\r\n'),
        3000,
      );
      assert.ok([400, 431].includes(answer.statuses[0] ?? 0), `${line}: ${answer.statuses.join()}`);
    }
    assert.deepEqual(upstream.seen, []);
  });
});
