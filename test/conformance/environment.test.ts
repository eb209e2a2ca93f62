import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startWatchdog, type Watchdog } from '../support/watchdog.ts';
import type { RequestOptions } from '../support/request.ts';

/** A word as its bytes in UTF-8, on the wire and in the environment. */
const UTF8 = Buffer.from('größe').toString('latin1');

/** The entries of the environment that the process saw. */
async function environmentOf(watchdog: Watchdog, options: RequestOptions): Promise<string[]> {
  const answer = await watchdog.request(options);
  assert.equal(answer.status, 200, answer.text);
  return answer.body.toString('latin1').split('\n');
}

function assertHas(lines: readonly string[], ...wanted: string[]): void {
  const seen = lines.filter((line) => line.startsWith('Http_')).join(' ');
  for (const entry of wanted) assert.ok(lines.includes(entry), `${entry} in ${seen}`);
}

function assertHasNo(lines: readonly string[], prefix: string): void {
  assert.deepEqual(
    lines.filter((line) => line.startsWith(prefix)),
    [],
  );
}

for (const mode of ['streaming', 'serializing', 'classic']) {
  test(`the request in the environment in ${mode} mode`, async (t) => {
    const watchdog = await startWatchdog(t, {
      mode,
      fprocess: 'env',
      KEEP_ME: 'kept',
      'odd.name': 'kept too',
    });

    await t.test('method, path, query, headers, and the environment of the watchdog', async () => {
      const lines = await environmentOf(watchdog, {
        method: 'POST',
        path: '/some/path?q=serverless&page=1',
        headers: { 'x-forwarded-by': 'http://my.vpn.com', 'user-agent': 'ua/1', 'content-type': 'text/csv' },
        body: 'abc',
      });
      assertHas(lines, 'Http_Method=POST', 'Http_Path=/some/path', 'Http_Query=q=serverless&page=1');
      assertHas(lines, 'Http_X_Forwarded_By=http://my.vpn.com', 'Http_User_Agent=ua/1');
      assertHas(lines, 'Http_Content_Type=text/csv', 'KEEP_ME=kept', `TMPDIR=${watchdog.folder}`);
      assertHasNo(lines, 'Http_Transfer_Encoding');
      assertHas(lines, 'Http_Content_Length=3');
    });

    await t.test('the path is decoded and the query is not', async () => {
      const lines = await environmentOf(watchdog, { path: '/a%20b/gr%C3%B6%C3%9Fe?q=%20&r=a+b' });
      assertHas(lines, 'Http_Query=q=%20&r=a+b', `Http_Path=/a b/${UTF8}`);
    });

    await t.test('without a query there is no Http_Query', async () => {
      assertHasNo(await environmentOf(watchdog, { path: '/' }), 'Http_Query');
      assertHasNo(await environmentOf(watchdog, { path: '/?' }), 'Http_Query');
    });

    await t.test('names in canonical MIME case, the first value of a repeated header', async () => {
      const lines = await environmentOf(watchdog, {
        headers: { 'x-MIXED-case': 'm', 'x-many': ['first', 'second'], etag: 'e', 'x_under-SCORE': 'u' },
      });
      assertHas(lines, 'Http_X_Mixed_Case=m', 'Http_X_Many=first', 'Http_Etag=e', 'Http_X_under_Score=u');
    });

    await t.test('a value keeps its equals signs, spaces and bytes', async () => {
      const lines = await environmentOf(watchdog, { headers: { 'x-odd': `a=b  c;${UTF8}` } });
      assertHas(lines, `Http_X_Odd=a=b  c;${UTF8}`);
    });

    await t.test('bytes that are no UTF-8 stay the same bytes', async () => {
      const latin1 = 'caf\u00e9 \u00ff\u0080 %41 \\101 \'"$(echo no)`echo no`$HOME';
      const lines = await environmentOf(watchdog, {
        path: '/caf%E9/%FF?caf%E9',
        headers: {
          'x-latin': latin1,
          'x-both': `${UTF8}\u00e9`,
          "x-odd'name": 'gr\u00fc\u00df',
          'x-utf': UTF8,
        },
      });
      assertHas(lines, `Http_X_Latin=${latin1}`, `Http_X_Both=${UTF8}\u00e9`, `Http_X_Utf=${UTF8}`);
      assertHas(lines, "Http_X_Odd'name=gr\u00fc\u00df", 'Http_Path=/caf\u00e9/\u00ff', 'Http_Query=caf%E9');
      assertHas(lines, 'KEEP_ME=kept', 'odd.name=kept too', 'Http_Method=GET');
      const lineEnd = await environmentOf(watchdog, { path: '/%e9%0a%0a' });
      assertHas(lineEnd, 'Http_Path=/\u00e9');
      assert.equal(lineEnd.at(lineEnd.indexOf('Http_Path=/\u00e9') + 2), '');
    });

    await t.test('a chunked body is told', async () => {
      const lines = await environmentOf(watchdog, {
        method: 'POST',
        headers: { 'transfer-encoding': 'chunked' },
        body: 'x',
      });
      assertHas(lines, 'Http_Transfer_Encoding=chunked');
    });
  });
}

describe('the request in the environment', { concurrency: 3 }, () => {
  test('classic has Http_ContentLength and Http_Host beside', async (t) => {
    const watchdog = await startWatchdog(t, { mode: 'classic', fprocess: 'env' });
    const lines = await environmentOf(watchdog, {
      method: 'POST',
      headers: { host: 'h.example' },
      body: 'abc',
    });
    assertHas(lines, 'Http_ContentLength=3', 'Http_Content_Length=3', 'Http_Host=h.example');
    assertHas(await environmentOf(watchdog, {}), 'Http_ContentLength=0', 'Http_Content_Length=0');
    const chunked = { method: 'POST', headers: { 'transfer-encoding': 'chunked' }, body: 'x' };
    assertHas(await environmentOf(watchdog, chunked), 'Http_ContentLength=-1');
  });

  for (const mode of ['streaming', 'serializing', 'classic']) {
    test(`${mode}: cgi_headers=false leaves it out`, async (t) => {
      const watchdog = await startWatchdog(t, {
        mode,
        fprocess: 'env',
        cgi_headers: 'false',
        KEEP_ME: 'kept',
      });
      const lines = await environmentOf(watchdog, { headers: { 'x-one': '1' } });
      assertHasNo(lines, 'Http_');
      assertHas(lines, 'KEEP_ME=kept');
    });

    test(`${mode}: a header too large for an environment is 431, and others are served`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'env' });
      // Linux takes 128 KiB in one entry.
      const big = await watchdog.request({ headers: { 'x-big': 'a'.repeat(140_000) } });
      assert.equal(big.status, 431, big.text.slice(0, 200));
      assert.equal(big.headers['x-openfaas-internal'], 'of-watchdog');
      assert.notEqual(big.text, '');
      const fits = await watchdog.request({ headers: { 'x-big': 'a'.repeat(120_000) } });
      assert.equal(fits.status, 200);
      assert.equal((await watchdog.request()).status, 200);
    });

    test(`${mode}: many headers, within 1 MiB, fit`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'env' });
      const headers = Object.fromEntries(
        Array.from({ length: 9 }, (_none, index) => [`x-h${index}`, 'v'.repeat(100_000)]),
      );
      const answer = await watchdog.request({ headers });
      assert.equal(answer.status, 200, answer.text.slice(0, 200));
      assert.equal((answer.text.match(/^Http_X_H\d=v{100000}$/gm) ?? []).length, 9);
    });
  }
});
