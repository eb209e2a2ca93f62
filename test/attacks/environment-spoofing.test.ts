// Attack: a header that becomes a variable which the process takes for the watchdog's own word (Http_Method, Http_Path,
// Http_Query), for another header, or for a setting of the process (PATH, LD_PRELOAD, NODE_OPTIONS, HTTP_PROXY).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWatchdog } from '../support/watchdog.ts';

for (const mode of ['streaming', 'serializing', 'classic']) {
  test(`headers cannot pretend in ${mode} mode`, async (t) => {
    const watchdog = await startWatchdog(t, { mode, fprocess: 'env', SECRET: 'own' });
    const environmentOf = async (...headers: string[]): Promise<string[]> => {
      const answer = await watchdog.exchange(
        ['POST /real?real=1 HTTP/1.1', 'Host: real', 'Connection: close', ...headers, '', ''].join('\r\n'),
      );
      assert.deepEqual(answer.statuses, [200], answer.text);
      return answer.text.split(/\r?\n/);
    };
    const valuesOf = (lines: readonly string[], name: string): string[] =>
      lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));

    await t.test('to be the request’s method, path or query', async () => {
      const lines = await environmentOf('Method: DELETE', 'Path: /fake', 'Query: fake=1');
      assert.deepEqual(valuesOf(lines, 'Http_Method'), ['POST']);
      assert.deepEqual(valuesOf(lines, 'Http_Path'), ['/real']);
      assert.deepEqual(valuesOf(lines, 'Http_Query'), ['real=1']);
    });

    await t.test('to be a query where there is none', async () => {
      const answer = await watchdog.request({ headers: { query: 'fake=1' } });
      assert.deepEqual(valuesOf(answer.text.split('\n'), 'Http_Query'), []);
    });

    await t.test('to be the body’s framing', async () => {
      const lines = await environmentOf(
        'Content_Length: 99',
        'ContentLength: 99',
        'Transfer_Encoding: chunked',
      );
      assert.ok(!valuesOf(lines, 'Http_Content_Length').includes('99'));
      assert.ok(!valuesOf(lines, 'Http_ContentLength').includes('99'));
      assert.deepEqual(valuesOf(lines, 'Http_Transfer_Encoding'), []);
    });

    await t.test('to be the host', async () => {
      const lines = await environmentOf('X-Host: fake', 'host_: fake');
      for (const value of valuesOf(lines, 'Http_Host')) assert.equal(value, 'real');
    });

    await t.test('to be the same header in another spelling', async () => {
      const lines = await environmentOf('X-Real-User: admin', 'X_Real_User: fake', 'X-Real_User: fake');
      assert.deepEqual(valuesOf(lines, 'Http_X_Real_User'), ['admin']);
      const alone = await environmentOf('X_Real_User: fake');
      assert.deepEqual(valuesOf(alone, 'Http_X_Real_User'), []);
    });

    await t.test('to be variables of the process', async () => {
      const lines = await environmentOf(
        'SECRET: stolen',
        'LD_PRELOAD: /tmp/x.so',
        'PATH: /tmp',
        'NODE_OPTIONS: --require=/tmp/x',
        'Proxy: http://evil',
      );
      assert.deepEqual(valuesOf(lines, 'SECRET'), ['own']);
      for (const name of ['LD_PRELOAD', 'NODE_OPTIONS', 'HTTP_PROXY', 'http_proxy']) {
        assert.deepEqual(valuesOf(lines, name), [], name);
      }
      assert.ok(!valuesOf(lines, 'PATH').includes('/tmp'));
    });

    for (const name of ['Proxy', 'proxy', 'PROXY', 'pRoXy']) {
      await t.test(`to be the proxy of the function’s own requests, as ${name}`, async () => {
        const lines = await environmentOf(`${name}: http://evil`, 'X-Proxy: x', 'Proxy-Kind: k');
        assert.deepEqual(
          lines.filter((line) => /^http_proxy=/i.test(line)),
          [],
        );
        assert.deepEqual(
          [valuesOf(lines, 'Http_X_Proxy'), valuesOf(lines, 'Http_Proxy_Kind')],
          [['x'], ['k']],
        );
      });
    }

    await t.test('by names that objects have', async () => {
      const lines = await environmentOf('__proto__: p', 'constructor: c', 'toString: s', 'hasOwnProperty: h');
      assert.deepEqual(valuesOf(lines, 'Http_Constructor'), ['c']);
      assert.deepEqual(valuesOf(lines, 'Http_Tostring'), ['s']);
    });

    await t.test('and a path cannot bring a NUL or a broken escape', async () => {
      for (const target of ['/%00', '/a%00b', '/%zz', '/%', '/%2']) {
        const answer = await watchdog.request({ path: target });
        assert.equal(answer.status, 400, target);
      }
      const line = await watchdog.request({ path: '/a%0ahttp_fake=1' });
      assert.equal(line.status, 200);
    });
  });
}
