import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, test } from 'node:test';
import { startInproc } from '../support/inproc.ts';

const SOON = '300ms';

describe('the time of a request in inproc mode', { concurrency: 4 }, () => {
  for (const path of ['/hang', '/head-only']) {
    test(`exec_timeout: 504 that names it, and the function sees the end: ${path}`, async (t) => {
      const watchdog = await startInproc(t, { exec_timeout: SOON });
      const answer = await watchdog.request({ path });
      assert.equal(answer.status, 504);
      assert.ok(answer.ms >= 290, `not before its time: ${answer.ms} ms`);
      assert.equal(answer.text, 'exec_timeout of 300ms passed before the function had answered\n');
      assert.equal(answer.headers['x-openfaas-internal'], 'of-watchdog');
      assert.equal(answer.headers['x-made'], undefined);
      await watchdog.stderr.waitFor(new RegExp(`GET ${path} - 504 Gateway Timeout`));
      if (path === '/hang') await watchdog.stdout.waitFor(/hang closed, whole: false/);
      assert.equal((await watchdog.request()).status, 200);
    });
  }

  test('what the function writes after the 504 goes nowhere', async (t) => {
    const watchdog = await startInproc(t, { exec_timeout: SOON });
    const connection = await watchdog.connect();
    connection.send('GET /late HTTP/1.1\r\nHost: x\r\n\r\nGET /log?text=behind HTTP/1.1\r\nHost: x\r\n\r\n');
    await watchdog.stdout.waitFor(/wrote late/);
    await connection.waitClosed();
    assert.match(connection.received, /^HTTP\/1\.1 504 [^]*had answered\n$/);
    assert.doesNotMatch(connection.received, /late|behind/);
    assert.doesNotMatch(watchdog.stdout.text, /behind|error of/);
    assert.equal(watchdog.stdout.text.split('closed, destroyed: true').length, 2, 'told once');
    assert.equal((await watchdog.request()).status, 200);
  });

  test('a response under way is broken off', async (t) => {
    const watchdog = await startInproc(t, { exec_timeout: '500ms' });
    for (const path of ['/begin', '/begin-undelimited']) {
      const answer = await watchdog.request({ path });
      assert.equal(answer.text, 'begin');
      assert.ok(answer.aborted || answer.error === 'ECONNRESET', path);
      await watchdog.stderr.waitFor(new RegExp(`GET ${path} - 504`));
    }
  });

  test('write_timeout', async (t) => {
    const watchdog = await startInproc(t, { write_timeout: SOON, exec_timeout: '0' });
    const answer = await watchdog.request({ path: '/hang' });
    assert.equal(answer.status, 504);
    assert.match(answer.text, /^write_timeout of 300ms/);
  });

  test('write_timeout ends a client that does not read its answer', async (t) => {
    const watchdog = await startInproc(t, { write_timeout: '500ms', exec_timeout: '200ms' });
    const connection = await watchdog.connect();
    connection.pause();
    connection.send('GET /big?bytes=50000000 HTTP/1.1\r\nHost: x\r\n\r\n');
    await watchdog.stderr.waitFor(/write_timeout of 500ms passed before the response was read/);
    await watchdog.stderr.waitFor(/GET \/big\?bytes=50000000 - 504/);
  });

  test('X-Timeout shortens, and cannot lengthen', async (t) => {
    const watchdog = await startInproc(t, { exec_timeout: '400ms' });
    const shorter = await watchdog.request({ path: '/hang', headers: { 'x-timeout': '100ms' } });
    assert.match(shorter.text, /^X-Timeout of 100ms/);
    const longer = await watchdog.request({ path: '/hang', headers: { 'x-timeout': '1h' } });
    assert.match(longer.text, /^exec_timeout of 400ms/);
  });

  test('a stream of events is not held to exec_timeout', async (t) => {
    const watchdog = await startInproc(t, { exec_timeout: SOON });
    const answer = await watchdog.request({ path: '/event', headers: { accept: 'text/event-stream' } });
    assert.deepEqual([answer.status, answer.text], [200, 'data: x\n\n']);
  });

  for (const path of ['/count', '/never-reads-nor-answers', '/hang']) {
    test(`read_timeout: a body that does not come is 408: ${path}`, async (t) => {
      const watchdog = await startInproc(t, { read_timeout: '400ms' });
      const way = path === '/never-reads-nor-answers' ? '/hang' : path;
      const { text } = await watchdog.exchange(
        `POST ${way} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nbegin`,
      );
      assert.match(text, /^HTTP\/1\.1 408 Request Timeout\r\n/);
      assert.match(text, /read_timeout of 400ms passed before the request's body was whole\n$/);
      await watchdog.stderr.waitFor(/POST \/\w+ - 408/);
    });
  }

  test('read_timeout: time in which the function does not read is not the client’s', async (t) => {
    const watchdog = await startInproc(t, { read_timeout: '300ms', exec_timeout: '900ms' });
    const body = Buffer.alloc(8 << 20);
    const answer = await watchdog.request({ method: 'POST', path: '/hang', body });
    assert.equal(answer.status, 504, answer.error);
  });

  test('a client that was answered and goes on sending without end is cut off', async (t) => {
    const watchdog = await startInproc(t, { read_timeout: '300ms' });
    const connection = await watchdog.connect();
    connection.send('POST /never-reads HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nbegin');
    await connection.waitFor(/not read$/);
    await connection.waitClosed();
  });

  test('an upload in progress gets its 504', async (t) => {
    const watchdog = await startInproc(t, { exec_timeout: SOON });
    const answer = await watchdog.request({
      method: 'POST',
      path: '/hang',
      headers: { 'content-length': '100' },
      body: (request) => {
        request.write('begin');
        request.on('response', () => request.end('x'.repeat(95)));
      },
    });
    assert.equal(answer.status, 504);
  });

  test('a client that goes away is logged as that, and the function sees it', async (t) => {
    const watchdog = await startInproc(t);
    const connection = await watchdog.connect();
    connection.send('GET /hang HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    connection.destroy();
    await watchdog.stdout.waitFor(/hang closed, whole: false/);
    await watchdog.stderr.waitFor(/GET \/hang - 499/);
  });

  test('a connection is used again after a limit of max_inflight, and closed after a timeout', async (t) => {
    const watchdog = await startInproc(t, { exec_timeout: SOON });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const answer = await watchdog.request({ path: '/hang', agent });
    assert.equal(answer.headers.connection, 'close');
    assert.equal((await watchdog.request({ agent })).status, 200);
  });
});
