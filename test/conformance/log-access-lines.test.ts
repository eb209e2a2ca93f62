import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startForwarding } from '../support/upstream.ts';
import { startWatchdog } from '../support/watchdog.ts';

const DATE = String.raw`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d `;
const TIME = String.raw`\(\d+\.\d{4}s\)`;

/** A line of the log as a whole. */
function line(text: string): RegExp {
  return new RegExp(`${DATE}${text}$`, 'm');
}

describe('access lines in text', { concurrency: 3 }, () => {
  test('http mode', async (t) => {
    const { watchdog } = await startForwarding(t, (request, response) => {
      if (request.url === '/chunked') response.write('abc');
      response.statusCode = request.url === '/missing' ? 404 : 200;
      response.end(request.url === '/chunked' ? '' : 'x'.repeat(1234));
    });
    await watchdog.request({ path: '/path?q=1' });
    await watchdog.stderr.waitFor(
      line(String.raw`GET /path\?q=1 - 200 OK - ContentLength: 1\.234kB ${TIME}`),
    );
    await watchdog.request({ path: '/missing', method: 'POST' });
    await watchdog.stderr.waitFor(line(`POST /missing - 404 Not Found - ContentLength: 1\\.234kB ${TIME}`));
    await watchdog.request({ path: '/chunked' });
    await watchdog.stderr.waitFor(line(`GET /chunked - 200 OK - ContentLength: 3B ${TIME}`));
    assert.equal(watchdog.stdout.text, '');
  });

  for (const mode of ['streaming', 'serializing', 'classic']) {
    test(`${mode} mode`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'cat' });
      await watchdog.request({ method: 'POST', path: '/p', body: 'four' });
      await watchdog.stderr.waitFor(line(`POST /p - 200 - ContentLength: 4B ${TIME}`));
    });
  }

  test('a request that was refused has its line too', async (t) => {
    const { watchdog } = await startForwarding(t, () => undefined, {
      max_inflight: '1',
      exec_timeout: '500ms',
    });
    const first = watchdog.request({ path: '/first' });
    await watchdog.request({ path: '/' });
    let refused = 0;
    while (refused !== 429) refused = (await watchdog.request({ path: '/second' })).status;
    await watchdog.stderr.waitFor(line(`GET /second - 429 .*ContentLength: \\d+B ${TIME}`));
    await first;
    await watchdog.stderr.waitFor(line(`GET /first - 504 .*ContentLength: \\d+B ${TIME}`));
  });

  test('control characters of a request do not make lines of their own', async (t) => {
    const { watchdog } = await startForwarding(t, undefined, { log_callid: 'true' });
    await watchdog.request({ path: '/%0a2026/01/01%20fake', headers: { 'x-call-id': 'a\tb' } });
    await watchdog.stderr.waitFor(/GET \/%0a2026/);
    for (const text of watchdog.stderr.lines) assert.match(text, new RegExp(DATE));
  });
});

describe('the call id', { concurrency: 3 }, () => {
  test('is at the end of the line when asked for, [none] without one', async (t) => {
    const { watchdog } = await startForwarding(t, undefined, { log_call_id: 'true' });
    await watchdog.request({ path: '/one', headers: { 'x-call-id': 'id-77' } });
    await watchdog.request({ path: '/two' });
    await watchdog.stderr.waitFor(line(`GET /one - 200 OK - ContentLength: 2B ${TIME} \\[id-77\\]`));
    await watchdog.stderr.waitFor(line(`GET /two - 200 OK - ContentLength: 2B ${TIME} \\[none\\]`));
  });

  test('is not there when not asked for', async (t) => {
    const { watchdog } = await startForwarding(t);
    await watchdog.request({ path: '/one', headers: { 'x-call-id': 'id-77' } });
    await watchdog.stderr.waitFor(line(`GET /one - 200 OK - ContentLength: 2B ${TIME}`));
  });

  test('is on the line of a failure as well', async (t) => {
    const { watchdog } = await startForwarding(t, (_request, response) => void response.destroy(), {
      log_callid: '1',
    });
    await watchdog.request({ method: 'POST', headers: { 'x-call-id': 'id-78' } });
    await watchdog.stderr.waitFor(/POST \/ - 500 .*\[id-78\]/);
  });
});

describe('the kubelet’s probes', { concurrency: 3 }, () => {
  for (const mode of ['http', 'streaming', 'serializing', 'classic', 'static']) {
    test(`leave no line in ${mode} mode`, async (t) => {
      const watchdog =
        mode === 'http'
          ? (await startForwarding(t)).watchdog
          : await startWatchdog(t, { mode, fprocess: 'cat', static_path: '/tmp' });
      await watchdog.request({ path: '/probed', headers: { 'user-agent': 'kube-probe/1.30' } });
      await watchdog.request({ path: '/other', headers: { 'user-agent': 'not-kube-probe/1.30' } });
      await watchdog.stderr.waitFor(/GET \/other - /);
      assert.doesNotMatch(watchdog.log, /probed/);
    });
  }
});
