import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemCodeOf } from '../../common/errors.ts';
import { startForwarding } from '../support/upstream.ts';

const BODY = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100_000);

describe('a function that answers before it has read the body', { concurrency: 3 }, () => {
  test('does not get the rest of it as requests', async (t) => {
    const broken: string[] = [];
    const urls: string[] = [];
    const { watchdog, upstream } = await startForwarding(t, (request, response) => {
      urls.push(request.url ?? '');
      response.end('early');
    });
    upstream.server.on('clientError', (error: Error) => {
      const code = systemCodeOf(error) ?? '';
      if (code.startsWith('HPE') && code !== 'HPE_INVALID_EOF_STATE') broken.push(code); // breaking off is right
    });
    for (let round = 0; round < 10; round += 1) {
      const headers =
        round % 2 === 0 ? { 'content-length': BODY.length } : { 'transfer-encoding': 'chunked' };
      const answer = await watchdog.request({ method: 'POST', path: '/upload', headers, body: BODY });
      assert.ok(answer.status === 200 || answer.error !== undefined, String(answer.status));
      assert.equal((await watchdog.request({ path: '/next' })).text, 'early');
    }
    assert.ok(!urls.includes('/smuggled'));
    assert.equal(urls.filter((url) => url === '/next').length, 10);
    assert.deepEqual(broken, [], 'it got bytes that are no request');
  });

  test('leaves the client’s connection good for the next request, or closed', async (t) => {
    const urls: string[] = [];
    const { watchdog } = await startForwarding(t, (request, response) => {
      urls.push(request.url ?? '');
      response.end('early');
    });
    const connection = await watchdog.connect();
    connection.send(`POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`);
    connection.send('GET /second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await connection.waitClosed();
    assert.ok(!urls.includes('/smuggled'), 'the body is no request');
    assert.equal(urls[0], '/first');
  });
});
