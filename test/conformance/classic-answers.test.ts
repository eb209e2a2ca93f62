import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startWatchdog } from '../support/watchdog.ts';

const MODE = { mode: 'classic' };

describe('answers of classic mode', { concurrency: 3 }, () => {
  test('stdin to stdout, and the content type of the request comes back', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: 'cat' });
    const answer = await watchdog.request({
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json; charset=utf-8' },
    });
    assert.deepEqual([answer.status, answer.text], [200, '{"a":1}']);
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
    assert.match(String(answer.headers['x-duration-seconds']), /^\d+\.\d{6}$/);
    assert.equal(answer.headers['content-length'], '7');
  });

  test('content_type wins over that of the request', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: 'cat', content_type: 'text/css' });
    const headers = { 'content-type': 'application/json' };
    const answer = await watchdog.request({ method: 'POST', body: 'x', headers });
    assert.equal(answer.headers['content-type'], 'text/css');
  });

  test('GET, POST, PUT, PATCH and DELETE are served, others are 405', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: 'env' });
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await watchdog.request({ method });
      assert.equal(answer.status, 200, method);
      assert.ok(answer.text.includes(`Http_Method=${method}\n`), method);
    }
    for (const method of ['HEAD', 'OPTIONS', 'PROPFIND']) {
      assert.equal((await watchdog.request({ method })).status, 405, method);
    }
  });

  test('stdout and stderr are combined by default', async (t) => {
    const fprocess = 'sh -c "echo out; echo err >&2; echo out again"';
    const watchdog = await startWatchdog(t, { ...MODE, fprocess });
    const { text } = await watchdog.request();
    assert.equal(text, 'out\nerr\nout again\n', 'in the order in which they were written');
  });

  for (const name of ['combine_output', 'combined_output']) {
    test(`${name}=false leaves stderr to the log`, async (t) => {
      const fprocess = 'sh -c "echo out; echo err >&2"';
      const watchdog = await startWatchdog(t, { ...MODE, fprocess, [name]: 'false' });
      assert.equal((await watchdog.request()).text, 'out\n');
      await watchdog.stderr.waitFor(/stderr: err\n/);
    });
  }

  test('an exit status other than 0 is a 500 with the status and the output', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: 'sh -c "echo partial; exit 2"' });
    const answer = await watchdog.request();
    assert.deepEqual([answer.status, answer.text], [500, 'exit status 2\npartial\n']);
    await watchdog.stderr.waitFor(/GET \/ - 500/);
  });

  test('a process that cannot be started is a 500', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: '/does/not/exist' });
    const answer = await watchdog.request({ method: 'POST', body: 'x' });
    assert.equal(answer.status, 500);
    assert.match(answer.text, /\/does\/not\/exist/);
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
  });

  test('the time in which the body arrives does not count towards exec_timeout', async (t) => {
    const watchdog = await startWatchdog(t, { ...MODE, fprocess: 'cat', exec_timeout: '300ms' });
    const answer = await watchdog.request({
      method: 'POST',
      headers: { 'content-length': 2 },
      body: (sent) => {
        sent.write('a');
        setTimeout(() => sent.end('b'), 500);
      },
    });
    assert.deepEqual([answer.status, answer.text], [200, 'ab']);
  });
});
