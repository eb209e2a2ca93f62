import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { serverFunction, startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog, type Watchdog } from '../support/watchdog.ts';

async function readiness(watchdog: Watchdog): Promise<number> {
  return (await watchdog.request({ path: '/_/ready' })).status;
}

describe('/_/ready', { concurrency: 3 }, () => {
  test('is 200 when requests are taken', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    assert.equal(await readiness(watchdog), 200);
  });

  test('in http mode is 503 until the function accepts connections, while health is 200', async (t) => {
    const watchdog = await startWatchdog(t, serverFunction({ listen_once: 'asked' }));
    assert.equal(await readiness(watchdog), 503);
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
    writeFileSync(path.join(watchdog.folder, 'asked'), '');
    await until(async () => (await readiness(watchdog)) === 200, 'the function to be ready');
    assert.equal((await watchdog.request()).text, 'served');
  });

  test('is 429 at max_inflight, while health is 200', async (t) => {
    const held: (() => void)[] = [];
    const { watchdog } = await startForwarding(
      t,
      (_request, response) => void held.push(() => response.end('done')),
      { max_inflight: '1' },
    );
    assert.equal(await readiness(watchdog), 200);
    const slow = watchdog.request();
    await until(() => held.length === 1, 'the request to arrive');
    assert.equal(await readiness(watchdog), 429);
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
    held[0]?.();
    assert.equal((await slow).text, 'done');
    await until(async () => (await readiness(watchdog)) === 200, 'room for a request');
  });

  test('is 503 after SIGTERM', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', healthcheck_interval: '2s' });
    watchdog.kill('SIGTERM');
    await watchdog.stderr.waitFor(/SIGTERM/);
    assert.equal(await readiness(watchdog), 503);
  });
});

describe('ready_path', { concurrency: 3 }, () => {
  test('in http mode the function answers for it, with status, body and headers', async (t) => {
    const { watchdog, upstream } = await startForwarding(
      t,
      (_request, response) => void response.writeHead(503, { 'x-why': 'warming up' }).end('not ready'),
      { ready_path: '/is/ready' },
    );
    const answer = await watchdog.request({ path: '/_/ready', headers: { 'x-asked': 'yes' } });
    assert.equal(answer.status, 503);
    assert.equal(answer.text, 'not ready');
    assert.equal(answer.headers['x-why'], 'warming up');
    assert.equal(upstream.seen[0]?.url, '/is/ready');
    assert.equal(upstream.seen[0]?.method, 'GET');
    assert.equal(upstream.seen[0]?.headers['x-asked'], 'yes');
  });

  test('is 503 before the function accepts connections, at once', async (t) => {
    const variables = serverFunction({ listen_once: 'asked', ready_path: '/pid' });
    const watchdog = await startWatchdog(t, variables);
    assert.equal(await readiness(watchdog), 503);
    writeFileSync(path.join(watchdog.folder, 'asked'), '');
    await until(async () => (await readiness(watchdog)) === 200, 'the function to be ready');
  });

  test('in the modes with a process per request a process answers', async (t) => {
    for (const mode of ['streaming', 'serializing', 'classic']) {
      const watchdog = await startWatchdog(t, {
        mode,
        fprocess: behaviour('ready-when-file.sh'),
        ready_path: '/warm',
      });
      assert.equal(await readiness(watchdog), 500, mode);
      const made = await watchdog.request({ path: '/make' });
      assert.equal(made.status, 200, mode);
      const answer = await watchdog.request({ path: '/_/ready' });
      assert.equal(answer.status, 200, mode);
      assert.equal(answer.text, 'warm\n', mode);
    }
  });

  test('is neither limited nor counted, as the function itself is asked', async (t) => {
    const { watchdog } = await startForwarding(t, undefined, { ready_path: '/up', max_inflight: '1' });
    assert.equal(await readiness(watchdog), 200);
    assert.doesNotMatch(await watchdog.metrics(), /http_requests_total\{/);
  });

  test('is held to exec_timeout', async (t) => {
    const variables = { ready_path: '/up', exec_timeout: '300ms' };
    const { watchdog } = await startForwarding(t, () => undefined, variables);
    assert.equal(await readiness(watchdog), 504);
  });
});
