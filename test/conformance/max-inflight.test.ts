import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

const REFUSAL = 'Concurrent request limit exceeded. Max concurrent requests: 2\n';

describe('max_inflight', { concurrency: 3 }, () => {
  test('in http mode refuses one more with 429, and says why and by whom', async (t) => {
    const held: ServerResponse[] = [];
    const { watchdog } = await startForwarding(t, (_request, response) => void held.push(response), {
      max_inflight: '2',
    });
    const slow = [watchdog.request(), watchdog.request({ method: 'POST', body: 'b' })];
    await until(() => held.length === 2, 'two requests in flight');
    const refused = await watchdog.request();
    assert.deepEqual([refused.status, refused.text], [429, REFUSAL]);
    assert.equal(refused.headers['x-openfaas-internal'], 'faas-middleware');
    assert.match(String(refused.headers['content-type']), /^text\/plain/);
    const metrics = await watchdog.metrics();
    assert.match(metrics, /^http_requests_in_flight 2$/m);
    for (const response of held) response.end('done');
    for (const answer of await Promise.all(slow)) assert.equal(answer.status, 200);
    const next = watchdog.request();
    await until(() => held.length === 3, 'the next one to be let in');
    held[2]?.end('done');
    assert.equal((await next).status, 200);
    assert.match(await watchdog.metrics(), /^http_requests_total\{code="429",method="get"\} 1$/m);
  });

  for (const mode of ['streaming', 'serializing', 'classic']) {
    test(`in ${mode} mode refuses before a process is started`, async (t) => {
      const watchdog = await startWatchdog(t, {
        mode,
        fprocess: behaviour('until-file.sh', 'go'),
        max_inflight: '2',
      });
      const slow = [watchdog.request(), watchdog.request()];
      await until(() => watchdog.leftovers().length >= 2, 'two processes');
      const refused = await watchdog.request();
      assert.deepEqual([refused.status, refused.text], [429, REFUSAL]);
      const health = await watchdog.request({ path: '/_/health' });
      assert.equal(health.status, 200);
      watchdog.makeFile('go');
      for (const answer of await Promise.all(slow))
        assert.deepEqual([answer.status, answer.text], [200, 'done\n']);
      assert.equal((await watchdog.request()).status, 200);
    });
  }

  test('is free again after requests that ended badly', async (t) => {
    const { watchdog } = await startForwarding(
      t,
      (request, response) => {
        if (request.url === '/die') response.destroy();
        else if (request.url !== '/hang') response.end('ok');
      },
      { max_inflight: '1', exec_timeout: '200ms' },
    );
    for (const path of ['/die', '/hang']) {
      assert.ok((await watchdog.request({ path })).status >= 500);
      assert.equal((await watchdog.request()).status, 200, `after ${path}`);
    }
    const connection = await watchdog.connect();
    await connection.flush('GET /hang HTTP/1.1\r\nHost: x\r\n\r\n');
    connection.destroy();
    await watchdog.stderr.waitFor(/GET \/hang - 499/);
    assert.equal((await watchdog.request()).status, 200, 'after a client that went away');
  });

  test('0 is no limit', async (t) => {
    const { watchdog } = await startForwarding(t, undefined, { max_inflight: '0' });
    const answers = await Promise.all(Array.from({ length: 50 }, () => watchdog.request()));
    assert.ok(answers.every(({ status }) => status === 200));
  });
});
