import assert from 'node:assert/strict';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { IDLE } from '../support/command.ts';
import { makeFolder } from '../support/folder.ts';
import type { Owner } from '../support/owner.ts';
import { startUpstream, type Forwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

async function startAtSocket(owner: Owner, prefix = 'unix:'): Promise<Forwarding> {
  const file = path.join(makeFolder(owner), 'function.sock');
  const upstream = await startUpstream(owner, undefined, file);
  const upstream_url = prefix + file;
  const watchdog = await startWatchdog(owner, { mode: 'http', fprocess: IDLE, upstream_url });
  return { watchdog, upstream };
}

describe('a function behind a Unix socket', { concurrency: 3 }, () => {
  for (const prefix of ['unix:', 'unix://']) {
    test(`${prefix}/path.sock is forwarded to`, async (t) => {
      const { watchdog, upstream } = await startAtSocket(t, prefix);
      const answer = await watchdog.request({
        method: 'POST',
        path: '/a?b=c',
        headers: { host: 'fn.example' },
        body: 'hello',
      });
      assert.equal(answer.text, 'ok');
      assert.equal(upstream.seen[0]?.url, '/a?b=c');
      assert.equal(upstream.seen[0]?.headers.host, 'fn.example');
      assert.equal(upstream.seen[0]?.body.toString(), 'hello');
      assert.equal((await watchdog.request({ path: '/_/ready' })).status, 200);
    });
  }

  test('upgrades pass there too', async (t) => {
    const { watchdog, upstream } = await startAtSocket(t);
    upstream.server.on('upgrade', (_request, socket: Duplex) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nthrough');
    });
    const connection = await watchdog.connect();
    connection.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
    await connection.waitFor(/^HTTP\/1\.1 101 [^]*through$/);
  });

  test('is not ready while the socket is not there, and requests wait for it', async (t) => {
    const file = path.join(makeFolder(t), 'late.sock');
    const watchdog = await startWatchdog(t, { mode: 'http', fprocess: IDLE, upstream_url: `unix:${file}` });
    assert.equal((await watchdog.request({ path: '/_/ready' })).status, 503);
    const early = watchdog.request();
    await startUpstream(t, undefined, file);
    assert.equal((await early).text, 'ok');
    await until(async () => (await watchdog.request({ path: '/_/ready' })).status === 200, 'readiness');
  });
});
