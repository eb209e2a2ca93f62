// Attack: a path that leads out of the folder of static mode: dots, encoded and doubly encoded, backslashes, NUL,
// absolute paths, and symbolic links.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { makeFolder } from '../support/folder.ts';
import { startWatchdog } from '../support/watchdog.ts';

const TARGETS = [
  '/../secret.txt',
  '/..//secret.txt',
  '/sub/../../secret.txt',
  '/./../secret.txt',
  '/%2e%2e/secret.txt',
  '/%2E%2E/secret.txt',
  '/.%2e/secret.txt',
  '/%2e./secret.txt',
  '/..%2fsecret.txt',
  '/..%2Fsecret.txt',
  '/sub%2f..%2f..%2fsecret.txt',
  '/%2e%2e%2fsecret.txt',
  '/%252e%252e/secret.txt',
  '/..%252fsecret.txt',
  '/..%c0%afsecret.txt',
  '/%c0%ae%c0%ae/secret.txt',
  '/..\\secret.txt',
  '/..%5csecret.txt',
  '/secret.txt%00.html',
  '/../secret.txt%00',
  '//../secret.txt',
  '/sub/..;/..;/secret.txt',
  '/etc/passwd',
  '//etc/passwd',
  '/%2fetc%2fpasswd',
  '/....//secret.txt',
  '/link-out/secret.txt',
  '/link-out.txt',
  '/link-absolute/passwd',
  '/linked-index/',
  '/linked-index',
  '/sub/link-up/secret.txt',
  '../secret.txt',
  'file:///etc/passwd',
  'http://x/../secret.txt',
  '/public/../../secret.txt',
  '/../public-other/secret.txt',
  '/..%2fpublic-other/secret.txt',
];

test('nothing above the folder is served', async (t) => {
  const folder = makeFolder(t);
  const root = path.join(folder, 'public');
  mkdirSync(path.join(root, 'sub'), { recursive: true });
  mkdirSync(path.join(folder, 'public-other'));
  writeFileSync(path.join(folder, 'secret.txt'), 'the secret');
  writeFileSync(path.join(folder, 'public-other', 'secret.txt'), 'the secret');
  writeFileSync(path.join(root, 'index.html'), 'home');
  symlinkSync('..', path.join(root, 'link-out'));
  symlinkSync('../secret.txt', path.join(root, 'link-out.txt'));
  mkdirSync(path.join(root, 'linked-index'));
  symlinkSync('../../secret.txt', path.join(root, 'linked-index', 'index.html'));
  symlinkSync('/etc', path.join(root, 'link-absolute'));
  symlinkSync('../..', path.join(root, 'sub', 'link-up'));
  const watchdog = await startWatchdog(t, { mode: 'static', static_path: root });

  for (const target of TARGETS) {
    await t.test(target, async () => {
      const answer = await watchdog.exchange(
        `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      assert.doesNotMatch(answer.text, /the secret|root:x:0/);
      const status = answer.statuses[0] ?? 0;
      assert.ok([301, 302, 400, 403, 404].includes(status), `${status}: ${answer.text}`);
      const location = /^location: (.*)\r$/im.exec(answer.text)?.[1];
      assert.ok(location === undefined || !/^(\/\/|[a-z]+:)/i.test(location), `redirects to ${location}`);
    });
  }

  await t.test('a folder whose own path is a link is served', async () => {
    const link = path.join(folder, 'link-to-public');
    symlinkSync('public', link);
    const linked = await startWatchdog(t, { mode: 'static', static_path: link });
    assert.equal((await linked.request()).text, 'home');
    assert.equal((await linked.request({ path: '/link-out.txt' })).status, 404);
  });
});
