import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STEADY, soak } from '../support/soak.ts';
import { startForwarding } from '../support/upstream.ts';

test('http mode: requests with and without bodies', async (t) => {
  const { watchdog } = await startForwarding(
    t,
    (request, response) => {
      request.resume().on('end', () => response.end('x'.repeat(200)));
    },
    STEADY,
  );
  await soak(
    watchdog,
    (round) => (round % 2 === 0 ? { path: `/${round}` } : { method: 'POST', body: 'b'.repeat(round % 5000) }),
    (status) => status === 200,
  );
});

test('http mode: requests that end badly', async (t) => {
  const { watchdog } = await startForwarding(
    t,
    (request, response) => {
      request.resume();
      const way = Number(request.url?.slice(1)) % 4;
      if (way === 0) response.destroy();
      else if (way === 1) response.write('begin', () => response.destroy());
      else if (way === 2)
        return; // until its X-Timeout has passed
      else response.end('ok');
    },
    { ...STEADY, exec_timeout: '10s' },
  );
  await soak(
    watchdog,
    (round) => {
      const headers = round % 4 === 2 ? { 'x-timeout': '20ms' } : {};
      return { path: `/${round}`, method: 'POST', body: 'b', headers };
    },
    (status, round, _text, aborted) => {
      const way = round % 4;
      if (way === 1) return aborted;
      return status === [500, 200, 504, 200][way];
    },
  );
  assert.match(await watchdog.metrics(), /^http_requests_total\{code="504",method="post"\} \d+$/m);
});
