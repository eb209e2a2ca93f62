import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { IDLE } from '../support/command.ts';
import { functionAddress, serverFunction } from '../support/upstream.ts';
import { startWatchdog } from '../support/watchdog.ts';

describe('requests that come before the function of http mode listens', { concurrency: 4 }, () => {
  test('wait for it and are served, POST with its body too', async (t) => {
    const watchdog = await startWatchdog(t, serverFunction({ start_delay_ms: '500' }));
    const answers = await Promise.all([
      watchdog.request(),
      watchdog.request({ method: 'POST', body: 'x'.repeat(100_000) }),
      watchdog.request({
        method: 'POST',
        headers: { 'transfer-encoding': 'chunked' },
        body: (sent) => {
          sent.write('a');
          sent.end('b');
        },
      }),
    ]);
    for (const answer of answers) assert.equal(answer.text, 'served');
  });

  test('wait no longer than exec_timeout', async (t) => {
    const { host, port } = functionAddress();
    const watchdog = await startWatchdog(t, {
      mode: 'http',
      fprocess: IDLE,
      upstream_url: `http://${host}:${port}`,
      exec_timeout: '300ms',
    });
    const answer = await watchdog.request();
    assert.equal(answer.status, 504);
    assert.match(answer.text, /exec_timeout of 300ms/);
    assert.ok(answer.ms >= 290, `${answer.ms} ms`);
  });

  test('are waited with no more once the client has gone', async (t) => {
    const watchdog = await startWatchdog(t, serverFunction({ listen_once: 'seen' }));
    const connection = await watchdog.connect();
    await connection.flush('GET /gone HTTP/1.1\r\nHost: x\r\n\r\n');
    connection.destroy();
    await watchdog.stderr.waitFor(/GET \/gone - 499/);
    writeFileSync(path.join(watchdog.folder, 'seen'), '');
    assert.equal((await watchdog.request()).text, 'served');
  });
});
