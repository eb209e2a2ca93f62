import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { startWatchdog } from '../support/watchdog.ts';

const METHODS = ['POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];

describe('/_/health', { concurrency: 3 }, () => {
  test('answers GET with 200 OK, in every mode', async (t) => {
    const modes = {
      streaming: { fprocess: 'cat' },
      serializing: { fprocess: 'cat' },
      classic: { fprocess: 'cat' },
      http: { fprocess: 'sleep 600', upstream_url: 'http://127.0.0.1:1' },
      static: { static_path: '/tmp' },
    };
    for (const [mode, variables] of Object.entries(modes)) {
      const watchdog = await startWatchdog(t, { mode, ...variables });
      const answer = await watchdog.request({ path: '/_/health' });
      assert.equal(answer.status, 200, mode);
      assert.equal(answer.text, 'OK', mode);
    }
  });

  test('answers other methods with 405', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    for (const method of METHODS) {
      assert.equal((await watchdog.request({ path: '/_/health', method })).status, 405, method);
      assert.equal((await watchdog.request({ path: '/_/ready', method })).status, 405, method);
    }
  });

  test('takes no notice of a query', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'echo from the function' });
    assert.equal((await watchdog.request({ path: '/_/health?x=1' })).text, 'OK');
    assert.equal((await watchdog.request({ path: '/_/healthy' })).text, 'from the function\n');
  });

  test('follows the lock-file', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    const health = async (): Promise<number> => (await watchdog.request({ path: '/_/health' })).status;
    assert.ok(existsSync(watchdog.lockFile));
    rmSync(watchdog.lockFile);
    assert.equal(await health(), 503);
    assert.equal((await watchdog.request({ path: '/_/ready' })).status, 503);
    assert.equal((await watchdog.request({ method: 'POST', body: 'served' })).text, 'served');
    writeFileSync(watchdog.lockFile, '');
    assert.equal(await health(), 200);
    assert.equal((await watchdog.request({ path: '/_/ready' })).status, 200);
  });

  test('is 200 with suppress_lock, and there is no lock-file', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', suppress_lock: 'true' });
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
    assert.equal((await watchdog.request({ path: '/_/ready' })).status, 200);
    assert.ok(!existsSync(watchdog.lockFile));
  });

  test('is 503 after SIGTERM with suppress_lock as well', async (t) => {
    const variables = { fprocess: 'cat', suppress_lock: 'true', healthcheck_interval: '2s' };
    const watchdog = await startWatchdog(t, variables);
    watchdog.kill('SIGTERM');
    await watchdog.stderr.waitFor(/SIGTERM/);
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 503);
  });

  test('leaves the access log and the counters alone', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    await watchdog.request({ path: '/_/health' });
    await watchdog.request({ path: '/_/ready' });
    await watchdog.request({ path: '/counted' });
    await watchdog.stderr.waitFor(/GET \/counted - 200/);
    assert.doesNotMatch(watchdog.log, /\/_\//);
    assert.match(await watchdog.metrics(), /^http_requests_total\{code="200",method="get"\} 1$/m);
  });

  test('closes a connection that keeps sending a body nobody reads', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', read_timeout: '2s' });
    const connection = await watchdog.connect();
    connection.send('POST /_/health HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc');
    await connection.waitFor(/^HTTP\/1\.1 405/);
    await connection.waitClosed();
  });
});
