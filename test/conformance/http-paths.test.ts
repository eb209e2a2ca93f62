import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startForwarding } from '../support/upstream.ts';

/** Request targets that must arrive as they were sent. */
const TARGETS = [
  '/',
  '//',
  '//double//slashes',
  '/a..b/.c/d.',
  '/%2E%2Ex/%2F',
  '/%',
  '/%zz',
  '/%00',
  '/a;b=c',
  '/a:b',
  '/@user',
  '/?',
  '/??a=b?c',
  '/?a=b&a=c&d',
  '/?q=a+b%20c',
  '/path?q=[x]{y}|z^',
  '/with"quotes\'and<angles>',
  '/back\\slash',
  '/_/other',
  '/http://example.com/x',
  `/${'long'.repeat(4000)}`,
];

test('request targets arrive as they were sent', async (t) => {
  const { watchdog, upstream } = await startForwarding(t);
  const send = async (line: string, host = 'fn'): Promise<void> => {
    const answer = await watchdog.exchange(`${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    assert.deepEqual(answer.statuses, [200], answer.text);
  };

  for (const target of TARGETS) {
    await t.test(target.slice(0, 40), async () => {
      await send(`GET ${target}`);
      assert.equal(upstream.seen.at(-1)?.url, target);
    });
  }

  for (const [target, clean] of [
    ['/a/../b/./c?d=..', '/b/c?d=..'],
    ['/%2e%2E/%2F', '/%2F'],
    ['//../..//host/', '/host/'],
  ]) {
    await t.test(`${target}, which has dot segments, is sent to ${clean}`, async () => {
      const before = upstream.seen.length;
      const request = `GET ${target} HTTP/1.1\r\nHost: fn\r\nConnection: close\r\n\r\n`;
      const answer = await watchdog.exchange(request);
      assert.deepEqual(answer.statuses, [307]);
      assert.match(answer.text, new RegExp(`\r\nLocation: ${clean?.replaceAll(/[?.]/g, '\\$&')}\r\n`));
      assert.equal(upstream.seen.length, before);
    });
  }

  await t.test('bytes past ASCII arrive percent-encoded', async () => {
    const answer = await watchdog.exchange(
      'GET /gr\xf6\xdfe HTTP/1.1\r\nHost: fn\r\nConnection: close\r\n\r\n',
    );
    assert.deepEqual(answer.statuses, [200]);
    assert.equal(upstream.seen.at(-1)?.url, '/gr%F6%DFe');
  });

  await t.test('the absolute form means its path', async () => {
    await send('GET http://other.example/abs?x=1', 'other.example');
    const url = upstream.seen.at(-1)?.url;
    assert.ok(url === '/abs?x=1' || url === 'http://other.example/abs?x=1', url);
    assert.equal(upstream.seen.at(-1)?.headers.host, 'other.example');
    await send('GET http://user:pass@other.example:81/a@b', 'other.example:81');
    assert.equal(upstream.seen.at(-1)?.url, '/a@b');
    assert.equal(upstream.seen.at(-1)?.headers.host, 'other.example:81', 'a login is no part of Host');
  });

  await t.test('the absolute form of the health check is the health check', async () => {
    const answer = await watchdog.exchange(
      'GET http://x/_/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    assert.match(answer.text, /\r\n\r\nOK$/);
  });

  await t.test('OPTIONS *', async () => {
    await send('OPTIONS *');
    assert.equal(upstream.seen.at(-1)?.method, 'OPTIONS');
    assert.equal(upstream.seen.at(-1)?.url, '*');
  });

  await t.test('the path of upstream_url goes in front', async (t) => {
    const { url } = upstream;
    const below = await startForwarding(t, undefined, { upstream_url: `${url}/base/` });
    await below.watchdog.request({ path: '/x?y=1' });
    assert.equal(upstream.seen.at(-1)?.url, '/base/x?y=1');
  });
});
