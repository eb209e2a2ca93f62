import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startForwarding } from '../support/upstream.ts';
import { startWatchdog } from '../support/watchdog.ts';

describe('X-Timeout', { concurrency: 4 }, () => {
  for (const mode of ['streaming', 'serializing', 'classic']) {
    test(`${mode}: a shorter one wins and is named`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'sleep 60', exec_timeout: '20s' });
      const answer = await watchdog.request({ headers: { 'x-timeout': '200ms' } });
      assert.equal(answer.status, mode === 'classic' ? 408 : 504);
      assert.ok(answer.ms >= 190 && answer.ms < 15_000, `${answer.ms} ms`);
      await watchdog.stderr.waitFor(/200ms/);
    });
  }

  test('http mode', async (t) => {
    const { watchdog } = await startForwarding(
      t,
      (request, response) => {
        if (request.url === '/after-400ms') setTimeout(() => response.end('done'), 400);
      },
      { exec_timeout: '1s' },
    );
    const ask = (path: string, timeout: string): ReturnType<typeof watchdog.request> =>
      watchdog.request({ path, headers: { 'x-timeout': timeout } });

    const results = await Promise.all([
      ask('/hang', '100ms'),
      ask('/hang', '0.1s'),
      ask('/hang', '60s'),
      ask('/hang', '3600'),
      ask('/after-400ms', 'soon'),
      ask('/after-400ms', '-1s'),
      ask('/after-400ms', '0'),
      ask('/after-400ms', '0s'),
      ask('/after-400ms', ''),
      ask('/after-400ms', '10s'),
      ask('/after-400ms', '10'),
      ask('/after-400ms', '1e3'),
      ask('/after-400ms', '800h'),
    ]);
    const [short, fraction, longer, seconds, ...passedOver] = results;
    assert.equal(short?.status, 504);
    assert.equal(fraction?.status, 504);
    assert.equal(longer?.status, 504);
    assert.match(longer?.text ?? '', /exec_timeout of 1s/, 'it can only shorten');
    assert.equal(seconds?.status, 504);
    assert.match(seconds?.text ?? '', /exec_timeout of 1s/);
    for (const answer of passedOver) assert.equal(answer.status, 200, answer.text);
  });

  test('reaches the function as well', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    await watchdog.request({ headers: { 'x-timeout': '5s' } });
    assert.equal(upstream.seen[0]?.headers['x-timeout'], '5s');
  });

  test('is passed over when exec_timeout is 0', async (t) => {
    const { watchdog } = await startForwarding(
      t,
      (_request, response) => void setTimeout(() => response.end('done'), 300),
      { exec_timeout: '0' },
    );
    assert.equal((await watchdog.request({ headers: { 'x-timeout': '50ms' } })).status, 200);
  });
});
