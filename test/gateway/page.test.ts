import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { startBeforeProvider } from '../support/of-gateway.ts';

/** The most bytes that the whole page may have, as they are sent. */
const MOST_BYTES = 100_000;

test('the page takes nothing from elsewhere, writes nothing into itself, and is in nobody’s frame', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const { status, headers, text } = await gateway.api('GET', '/ui/');
  assert.equal(status, 200);
  const policy = String(headers['content-security-policy']);
  assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/);
  assert.ok(!policy.includes('unsafe'));
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.ok(!/https?:\/\//.test(text), 'no address of others');
  assert.ok(
    !/<script(?! type="module" src="app\.js)/.test(text) && !text.includes('style='),
    'nothing inline',
  );
});

test('all of it is below 100 KB as it is sent, and is asked for once', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const { text } = await gateway.api('GET', '/ui/');
  const names = [...text.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => match[1] ?? '');
  assert.equal(names.length, 3);
  let bytes = 0;
  for (const name of names) {
    const path = `/ui/${name}`;
    const file = await gateway.request({ path, headers: { 'accept-encoding': 'gzip' } });
    assert.equal(file.status, 200, name);
    assert.equal(file.headers['content-encoding'], 'gzip');
    assert.match(file.headers['cache-control'] ?? '', /immutable/);
    bytes += file.body.length;
    const plain = await gateway.request({ path });
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.deepEqual(plain.body, gunzipSync(file.body));
    const known = { 'if-none-match': String(file.headers.etag) };
    assert.equal((await gateway.request({ path, headers: known })).status, 304);
  }
  assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
  assert.equal((await gateway.request({ path: '/ui/toString' })).status, 404);
});

test('without a login it is the form of the login, with the status that says so', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const { status, headers, text } = await gateway.api('GET', '/ui/', { login: null });
  assert.equal(status, 401);
  assert.equal(headers['www-authenticate'], undefined, 'no dialog of the browser over it');
  assert.match(text, /data-login/);
});
