import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IDLE } from '../support/command.ts';
import { startUpstream } from '../support/upstream.ts';
import { startWatchdog } from '../support/watchdog.ts';

describe('settings with two names, and defaults', { concurrency: 3 }, () => {
  test('function_process beats fprocess', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'echo second', function_process: 'echo first' });
    assert.equal((await watchdog.request()).text, 'first\n');
  });

  test('an empty function_process leaves it to fprocess', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'echo second', function_process: '' });
    assert.equal((await watchdog.request()).text, 'second\n');
  });

  test('http_upstream_url beats upstream_url', async (t) => {
    const first = await startUpstream(t, (_request, response) => void response.end('first'));
    const second = await startUpstream(t, (_request, response) => void response.end('second'));
    const variables = { mode: 'http', fprocess: IDLE, upstream_url: second.url };
    const both = await startWatchdog(t, { ...variables, http_upstream_url: first.url });
    assert.equal((await both.request()).text, 'first');
    const one = await startWatchdog(t, { ...variables, http_upstream_url: '' });
    assert.equal((await one.request()).text, 'second');
  });

  for (const name of ['http_buffer_req_body', 'buffer_http']) {
    test(`${name} buffers`, async (t) => {
      const upstream = await startUpstream(t);
      const watchdog = await startWatchdog(t, {
        mode: 'http',
        fprocess: IDLE,
        upstream_url: upstream.url,
        [name]: '1',
      });
      await watchdog.request({
        method: 'POST',
        headers: { 'transfer-encoding': 'chunked' },
        body: (sent) => {
          sent.write('ab');
          sent.end('cd');
        },
      });
      assert.equal(upstream.seen[0]?.headers['content-length'], '4');
    });
  }

  for (const name of ['log_call_id', 'log_callid']) {
    test(`${name} puts the call id into the log`, async (t) => {
      const upstream = await startUpstream(t);
      const watchdog = await startWatchdog(t, {
        mode: 'http',
        fprocess: IDLE,
        upstream_url: upstream.url,
        [name]: '1',
      });
      await watchdog.request({ headers: { 'x-call-id': 'abc-1' } });
      await watchdog.stderr.waitFor(/GET \/ - 200 OK .*\) \[abc-1\]\n/);
    });
  }

  test('the default mode is streaming, with its content type', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    const answer = await watchdog.request({ method: 'POST', body: 'x', headers: { 'content-type': 'a/b' } });
    assert.equal(answer.headers['content-type'], 'application/octet-stream');
    assert.equal(answer.headers['content-length'], undefined);
  });

  test('a variable set to nothing counts as not set', async (t) => {
    const watchdog = await startWatchdog(t, {
      fprocess: 'cat',
      mode: '',
      read_timeout: '',
      write_timeout: '',
      exec_timeout: '',
      healthcheck_interval: '',
      max_inflight: '',
      log_buffer_size: '',
      content_type: '',
      suppress_lock: '',
      prefix_logs: '',
      log_format: '',
      exit_status: '',
      ready_path: '',
      jwt_auth: '',
      upstream_url: '',
    });
    assert.match(watchdog.log, /Timeouts: read: 30s write: 30s hard: 30s health: 30s/);
    const answer = await watchdog.request({ method: 'POST', body: 'x' });
    assert.equal(answer.headers['content-type'], 'application/octet-stream');
    assert.equal((await watchdog.request({ path: '/_/ready' })).status, 200);
  });
});
