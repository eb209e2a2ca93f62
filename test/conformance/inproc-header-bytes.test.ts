import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from '../support/command.ts';
import { startWatchdog } from '../support/watchdog.ts';

/** Path, status, body and Content-Length: what Node's own server sends, but for the bytes of the headers. */
const ANSWERS: readonly (readonly [string, number, string, string | undefined])[] = [
  ['/string', 200, 'text é', '7'],
  ['/bytes', 200, 'text é', '7'],
  ['/sized', 200, 'text é', '7'],
  ['/long', 200, 'é'.repeat(10_000), '20000'],
  ['/chunks', 200, 'text é', undefined],
  ['/flushed', 200, 'text é', undefined],
  ['/callback', 200, 'text é', '7'],
  ['/hex', 200, 'é', '2'],
  ['/write-head', 200, 'text é', undefined],
  ['/no-content', 204, '', undefined],
  ['/none-for-204', 204, '', undefined],
  ['/empty', 200, '', '0'],
];

test('header values beyond ASCII leave byte for byte, however the function answers', async (t) => {
  const handler_path = fixture('inproc/header-bytes.cjs');
  const watchdog = await startWatchdog(t, { mode: 'inproc', handler_path });
  for (const [path, status, body, length] of ANSWERS) {
    const answer = await watchdog.request({ path });
    assert.deepEqual([answer.status, answer.text], [status, body], path);
    assert.equal(answer.reason, 'é', path);
    const { 'content-disposition': name, 'x-many': many, 'content-length': said } = answer.headers;
    assert.equal(name, 'attachment; filename="é.txt"', path);
    assert.equal(many, 'ü, \u0080\u00ff', path);
    assert.equal(said, length, path);
    const head = await watchdog.request({ path, method: 'HEAD' });
    assert.deepEqual([head.status, head.headers['content-disposition']], [status, name], path);
  }
  const alone = await watchdog.request({ path: '/reason-alone' });
  assert.deepEqual([alone.reason, alone.text], ['é', 'text é']);
});

test('what a head that Node refuses is answered with has its own reason', async (t) => {
  const watchdog = await startWatchdog(t, {
    mode: 'inproc',
    handler_path: fixture('inproc/refused-header.cjs'),
  });
  const { status, reason } = await watchdog.request();
  assert.deepEqual([status, reason], [500, 'Internal Server Error']);
});
