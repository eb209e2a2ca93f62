import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';
import { residentBytesOf } from '../support/process-table.ts';
import { until } from '../support/wait.ts';

test('a reader of logs that stops reading is ended, and takes no memory meanwhile', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t, { write_timeout: '500ms' });
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  const text = 'x'.repeat(100_000);
  const line = {
    name: 'f',
    namespace: 'openfaas-fn',
    instance: 'f-1',
    timestamp: '2026-01-31T15:04:05Z',
    text,
  };
  const connection = await gateway.connect();
  connection.send(
    `GET /system/logs?name=f&follow=1 HTTP/1.1\r\nHost: x\r\nAuthorization: ${gateway.login}\r\n\r\n`,
  );
  await connection.waitFor(/^HTTP\/1\.1 200 /);
  connection.pause();
  const [follower] = provider.followers;
  assert.ok(follower);
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  let isFull = false;
  for (let sent = 0; sent < 200 << 20 && !isFull; sent += bytes.length) {
    isFull = !follower.write(bytes) && follower.writableLength > 32 << 20;
  }
  const residentMiB = residentBytesOf(gateway.pid) / 2 ** 20;
  assert.ok(residentMiB < 250, `${residentMiB} MiB`);
  await until(() => provider.followers.size === 0, 'the end of the follower');
});
