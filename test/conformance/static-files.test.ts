import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { makeFolder } from '../support/folder.ts';
import type { Owner } from '../support/owner.ts';
import type { RequestOptions, Answer } from '../support/request.ts';
import { startWatchdog } from '../support/watchdog.ts';

/** A folder of files like that of a static site. */
function makeSite(owner: Owner): string {
  const root = path.join(makeFolder(owner), 'public');
  mkdirSync(path.join(root, 'sub'), { recursive: true });
  for (const name of ['bare', 'example.com', '\\\\example.com', 'http:', 'a folder', 'sub/inner'])
    mkdirSync(path.join(root, name));
  for (const [name, text] of Object.entries({
    'index.html': '<h1>home</h1>',
    'data.json': '{"n":1234567890}',
    'sub/index.html': 'sub',
    'bare/file.txt': 'bare',
    'with space ü%.txt': 'odd name',
    'style.css': 'a{}',
    'script.mjs': '1',
    'picture.svg': '<svg/>',
    'module.wasm': 'x',
    'unknown.kind-of-file': 'u',
    'empty.txt': '',
    '.well-known': 'dot file',
  })) {
    writeFileSync(path.join(root, name), text);
  }
  symlinkSync('data.json', path.join(root, 'link.json'));
  return root;
}

test('static mode', async (t) => {
  const watchdog = await startWatchdog(t, { mode: 'static', static_path: makeSite(t) });
  const get = (target: string, options: RequestOptions = {}): Promise<Answer> =>
    watchdog.request({ path: target, ...options });

  await t.test('serves the index of a folder', async () => {
    assert.equal((await get('/')).text, '<h1>home</h1>');
    assert.match(String((await get('/')).headers['content-type']), /^text\/html/);
    assert.equal((await get('/sub/')).text, 'sub');
    assert.equal((await get('/?query=1')).text, '<h1>home</h1>');
  });

  await t.test('gives the type by the name', async () => {
    for (const [target, type] of [
      ['/data.json', /^application\/json$/],
      ['/style.css', /^text\/css/],
      ['/script.mjs', /^(text|application)\/javascript/],
      ['/picture.svg', /^image\/svg\+xml/],
      ['/module.wasm', /^application\/wasm/],
    ] as const) {
      assert.match(String((await get(target)).headers['content-type']), type, target);
    }
    assert.equal((await get('/unknown.kind-of-file')).status, 200);
  });

  await t.test('redirects a folder without its slash, relative to the request, on this host', async () => {
    for (const [target, location] of [
      ['/sub', 'sub/'],
      ['/sub?x=1&y=/a?b', 'sub/?x=1&y=/a?b'],
      ['/sub?', 'sub/?'],
      ['http://example.com/sub?x=1', 'sub/?x=1'],
      ['/bare/../sub', 'sub/'],
      ['//example.com', 'example.com/'],
      ['/%5C%5Cexample.com', '%5C%5Cexample.com/'],
      ['/\\\\example.com', '%5C%5Cexample.com/'],
      ['/http:', './http:/'],
      ['/a%20folder?q=caf\u00c3\u00a9', 'a%20folder/?q=caf%C3%A9'],
      ['/sub/inner%2f%2e%2e', 'inner%2f%2e%2e/'],
    ] as const) {
      const answer = await watchdog.exchange(
        `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      assert.deepEqual(answer.statuses, [301], `${target}: ${answer.text}`);
      assert.equal(/^location: (.*)\r$/im.exec(answer.text)?.[1], location, target);
    }
    const outside = await get('//example.com/sub/..');
    assert.doesNotMatch(String(outside.headers.location), /^(\/\/|https?:)/);
  });

  await t.test('knows ranges', async () => {
    const part = await get('/data.json', { headers: { range: 'bytes=5-8' } });
    assert.deepEqual([part.status, part.text], [206, '1234']);
    assert.equal(part.headers['content-range'], 'bytes 5-8/16');
    const tail = await get('/data.json', { headers: { range: 'bytes=-3' } });
    assert.deepEqual([tail.status, tail.text], [206, '90}']);
    for (const range of ['bytes=-16', 'bytes=-17', 'bytes=-65536', 'bytes= -99999999999999999999']) {
      const all = await get('/data.json', { headers: { range } });
      assert.deepEqual([all.status, all.text], [206, '{"n":1234567890}'], range);
      assert.equal(all.headers['content-range'], 'bytes 0-15/16');
    }
    assert.equal((await get('/data.json', { headers: { range: 'bytes=-0' } })).status, 416);
    const open = await get('/data.json', { headers: { range: 'bytes=13-' } });
    assert.deepEqual([open.status, open.text], [206, '90}']);
    const beyond = await get('/data.json', { headers: { range: 'bytes=50-60' } });
    assert.equal(beyond.status, 416);
    assert.equal(beyond.headers['content-range'], 'bytes */16');
    const broken = await get('/data.json', { headers: { range: 'bites=1-2' } });
    assert.deepEqual([broken.status, broken.text], [200, '{"n":1234567890}']);
  });

  await t.test('gives the whole of an empty file for a part of it', async () => {
    for (const range of ['bytes=0-', 'bytes=0-0', 'bytes=-5']) {
      for (const method of ['GET', 'HEAD']) {
        const { status, text, headers } = await get('/empty.txt', { method, headers: { range } });
        assert.deepEqual([status, text, headers['content-length']], [200, '', '0'], range);
        assert.equal(headers['content-range'], undefined);
        assert.match(String(headers['content-type']), /^text\/plain/);
      }
    }
  });

  await t.test('says why a path is refused', async () => {
    for (const [target, status, text] of [
      ['/%zz', 400, "the path's percent-encoding is no encoding, or holds a NUL\n"],
      ['/a%', 400, "the path's percent-encoding is no encoding, or holds a NUL\n"],
      ['/%00', 400, "the path's percent-encoding is no encoding, or holds a NUL\n"],
      ['/../x', 403, 'the path leads out of the folder\n'],
      ['/caf%E9', 404, 'Not Found\n'],
      ['/caf\u00e9', 404, 'Not Found\n'],
    ] as const) {
      const answer = await watchdog.exchange(
        `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      assert.deepEqual(answer.statuses, [status], target);
      assert.ok(answer.text.endsWith(`\r\n\r\n${text}`), answer.text);
    }
  });

  await t.test('knows conditional requests', async () => {
    const whole = await get('/data.json');
    const modified = String(whole.headers['last-modified']);
    assert.equal((await get('/data.json', { headers: { 'if-modified-since': modified } })).status, 304);
    const old = 'Mon, 01 Jan 2001 00:00:00 GMT';
    assert.equal((await get('/data.json', { headers: { 'if-modified-since': old } })).status, 200);
    assert.equal((await get('/data.json', { headers: { 'if-unmodified-since': old } })).status, 412);
    const stale = await get('/data.json', { headers: { range: 'bytes=0-1', 'if-range': old } });
    assert.deepEqual([stale.status, stale.body.length], [200, 16]);
    const fresh = await get('/data.json', { headers: { range: 'bytes=0-1', 'if-range': modified } });
    assert.equal(fresh.status, 206);
  });

  await t.test('answers HEAD with the length alone', async () => {
    const answer = await get('/data.json', { method: 'HEAD' });
    assert.deepEqual([answer.status, answer.headers['content-length'], answer.text], [200, '16', '']);
  });

  await t.test('decodes names', async () => {
    assert.equal((await get('/with%20space%20%C3%BC%25.txt')).text, 'odd name');
    assert.equal((await get('/%64ata.json')).status, 200);
  });

  await t.test('serves empty files and links within the folder', async () => {
    const empty = await get('/empty.txt');
    assert.deepEqual([empty.status, empty.headers['content-length']], [200, '0']);
    assert.equal((await get('/link.json')).text, '{"n":1234567890}');
  });

  await t.test('serves files whose name begins with a dot', async () => {
    assert.equal((await get('/.well-known')).text, 'dot file');
  });

  await t.test('lists no folder: without an index it is 404', async () => {
    assert.equal((await get('/bare/')).status, 404);
    assert.equal((await get('/bare/file.txt')).text, 'bare');
  });

  await t.test('answers 404 for what is not there', async () => {
    for (const target of ['/nope', '/nope/', '/data.json/', '/data.json/x', `/${'n'.repeat(300)}`]) {
      assert.equal((await get(target)).status, 404, target.slice(0, 20));
    }
  });

  await t.test('serves any method, a body or none', async () => {
    assert.equal((await get('/data.json', { method: 'POST', body: 'unread'.repeat(1000) })).status, 200);
    assert.equal((await get('/data.json', { method: 'DELETE' })).text, '{"n":1234567890}');
  });

  await t.test('is in the log and the metrics', async () => {
    await get('/data.json?logged');
    await watchdog.stderr.waitFor(/GET \/data\.json\?logged - 200 OK - ContentLength: 16B \(\d+\.\d{4}s\)/);
    await watchdog.stderr.waitFor(/GET \/nope - 404 Not Found - /);
    assert.match(await watchdog.metrics(), /^http_requests_total\{code="206",method="get"\} \d+$/m);
  });
});

test('the root of the file system can be served', async (t) => {
  const folder = makeFolder(t);
  writeFileSync(path.join(folder, 'file.txt'), 'from the root');
  const watchdog = await startWatchdog(t, { mode: 'static', static_path: '/' });
  assert.equal((await watchdog.request({ path: `${folder}/file.txt` })).text, 'from the root');
});

test('a folder that is not there yet is no hindrance to the start', async (t) => {
  const folder = path.join(makeFolder(t), 'later');
  const watchdog = await startWatchdog(t, { mode: 'static', static_path: folder });
  assert.equal((await watchdog.request({ path: '/file.txt' })).status, 404);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'file.txt'), 'there now');
  assert.equal((await watchdog.request({ path: '/file.txt' })).text, 'there now');
});
