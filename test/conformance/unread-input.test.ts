import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { startWatchdog } from '../support/watchdog.ts';

const LARGE = Buffer.alloc(4 << 20, 1);

describe('a body that the process does not read', { concurrency: 3 }, () => {
  for (const mode of ['streaming', 'serializing', 'classic']) {
    test(`${mode}: is no error`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'echo done' });
      for (let round = 0; round < 5; round += 1) {
        const answer = await watchdog.request({ method: 'POST', body: LARGE });
        assert.deepEqual([answer.status, answer.text], [200, 'done\n'], answer.error);
      }
      const chunked = { 'transfer-encoding': 'chunked' };
      const answer = await watchdog.request({ method: 'POST', headers: chunked, body: LARGE });
      assert.deepEqual([answer.status, answer.text], [200, 'done\n'], answer.error);
    });

    test(`${mode}: or reads in part, is no error`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'head -c 3' });
      const answer = await watchdog.request({ method: 'POST', body: Buffer.from('abc'.repeat(1 << 20)) });
      assert.deepEqual([answer.status, answer.text], [200, 'abc'], answer.error);
    });

    test(`${mode}: or shuts out, is no error`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: behaviour('close-stdin.sh') });
      const answer = await watchdog.request({ method: 'POST', body: LARGE });
      assert.deepEqual([answer.status, answer.text], [200, 'without input\n'], answer.error);
    });
  }

  test('a connection whose body was not read is good for the next request, or closed', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'echo done' });
    const connection = await watchdog.connect();
    const body = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(10_000);
    connection.send(`POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    connection.send('GET /second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await connection.waitClosed();
    await watchdog.stderr.waitFor(/POST \/first - 200/);
    assert.doesNotMatch(watchdog.log, /smuggled/);
  });
});
