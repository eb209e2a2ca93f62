import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, test } from 'node:test';
import { bearer, JwtAuthority, JWT_AUTH, makeKey, makeToken } from '../support/jwt-authority.ts';
import { startInproc } from '../support/inproc.ts';
import { parseMetrics } from '../support/metrics.ts';
import { until } from '../support/wait.ts';

describe('inproc mode', { concurrency: 3 }, () => {
  test('the function gets the request as it is, and its answer goes out as it is', async (t) => {
    const watchdog = await startInproc(t);
    const plain = await watchdog.request({ method: 'PUT', path: '/a%2Fb?x=1' });
    assert.deepEqual([plain.status, plain.text], [200, 'served PUT /a%2Fb?x=1']);
    const sized = await watchdog.request({ path: '/sized' });
    assert.deepEqual([sized.text, sized.headers['content-length']], ['grüße', '7']);
    const bytes = await watchdog.request({ path: '/bytes' });
    assert.deepEqual([...bytes.body], [0, 128, 255, 10]);
    const head = await watchdog.request({ method: 'HEAD', path: '/sized' });
    assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', '7']);
  });

  test('bodies of any size flow both ways', async (t) => {
    const watchdog = await startInproc(t);
    const body = Buffer.alloc(3 << 20, 'ab');
    const echo = await watchdog.request({ method: 'POST', path: '/echo', body });
    assert.ok(echo.body.equals(body));
    const chunked = await watchdog.request({
      method: 'POST',
      path: '/count',
      headers: { 'transfer-encoding': 'chunked' },
      body: (request) => {
        request.write('one');
        request.end('two');
      },
    });
    assert.equal(chunked.text, '6');
    assert.equal((await watchdog.request({ path: '/big?bytes=5000000' })).body.length, 5_000_000);
  });

  test('requests follow each other on a connection, and in a row on one', async (t) => {
    const watchdog = await startInproc(t);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    for (const path of ['/1', '/2', '/sized', '/3']) {
      const answer = await watchdog.request({ agent, path });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.connection, 'keep-alive');
    }
    const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const last = 'GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const { text } = await watchdog.exchange(get('/slow?ms=50') + get('/a') + last);
    assert.match(text, /slow done[^]*served GET \/a[^]*served GET \/b$/);
  });

  test('a function cannot answer for the watchdog', async (t) => {
    const watchdog = await startInproc(t);
    assert.equal((await watchdog.request({ path: '/_/health' })).text, 'OK');
    assert.equal((await watchdog.request({ path: '/_/ready' })).text, '');
    assert.equal((await watchdog.request({ path: '/_/other' })).status, 200);
    assert.equal((await watchdog.request({ method: 'POST', path: '/_/health' })).status, 405);
  });

  test('ready_path asks the function', async (t) => {
    const watchdog = await startInproc(t, { ready_path: '/not-ready' });
    assert.equal((await watchdog.request({ path: '/_/ready' })).status, 503);
    await watchdog.stderr.waitFor(/GET \/_\/ready - 503/);
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
  });

  test('what could be smuggled is refused, and the function sees nothing of it', async (t) => {
    const watchdog = await startInproc(t);
    for (const headers of [
      'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'Host: other\r\n\r\n',
      'Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    ]) {
      const request = `POST /log?text=smuggled HTTP/1.1\r\nHost: x\r\n${headers}`;
      const { text } = await watchdog.exchange(request);
      assert.match(text, /^HTTP\/1\.1 (400|501) /);
    }
    assert.doesNotMatch(watchdog.stdout.text, /smuggled/);
  });

  test('Expect: 100-continue is answered when the function reads', async (t) => {
    const watchdog = await startInproc(t);
    const head = (path: string): string =>
      `POST ${path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`;
    const reader = await watchdog.connect();
    reader.send(head('/count'));
    await reader.waitFor(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    reader.send('hello');
    await reader.waitFor(/\r\n\r\n5$/);
    const { text } = await watchdog.exchange(head('/never-reads'));
    assert.match(text, /^HTTP\/1\.1 200 OK[^]*Connection: close[^]*not read$/);
  });

  test('max_inflight', async (t) => {
    const watchdog = await startInproc(t, { max_inflight: '1' });
    const first = watchdog.request({ path: '/until?file=go' });
    await watchdog.stdout.waitFor(/waits for the file/);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const refused = await watchdog.request({ agent });
    assert.deepEqual([refused.status, refused.headers['x-openfaas-internal']], [429, 'faas-middleware']);
    assert.equal((await watchdog.request({ path: '/_/ready' })).status, 429);
    watchdog.makeFile('go');
    assert.equal((await first).text, 'done');
    await until(async () => (await watchdog.request({ agent })).status === 200, 'room for one more');
  });

  test('jwt_auth', async (t) => {
    const key = await makeKey('one');
    const gateway = await JwtAuthority.start(t, key, await makeKey('rsa', 'RS256'));
    if (!gateway) return;
    const watchdog = await startInproc(t, JWT_AUTH);
    const refused = await watchdog.request({ method: 'POST', path: '/log?text=refused', body: 'x' });
    assert.equal(refused.status, 401);
    assert.doesNotMatch(watchdog.stdout.text, /refused/);
    const answer = await watchdog.request({ headers: bearer(await makeToken(key)) });
    assert.deepEqual([answer.status, answer.text], [200, 'served GET /']);
  });

  test('metrics: requests by status, and the event loop', async (t) => {
    const watchdog = await startInproc(t, { exec_timeout: '200ms' });
    for (const path of ['/', '/throw', '/hang']) await watchdog.request({ path });
    await watchdog.request({ path: '/block?ms=150' });
    const metrics = await until(async () => {
      const read = parseMetrics(await watchdog.metrics());
      return (read.get('function_event_loop_delay_seconds{quantile="1"}') ?? 0) > 0.1 && read;
    }, 'the delay to show');
    for (const code of [200, 500, 504]) {
      const expected = code === 200 ? 2 : 1;
      assert.equal(metrics.get(`http_requests_total{code="${code}",method="get"}`), expected);
    }
    assert.equal(metrics.get('function_starts_total'), 1);
    assert.equal(metrics.get('http_requests_in_flight'), 0);
    assert.ok((metrics.get('function_resident_memory_bytes') ?? 0) > 1 << 20);
    assert.ok((metrics.get('function_event_loop_delay_seconds{quantile="0.5"}') ?? 1) < 0.1);
  });

  test('inproc_max_delay: a loop that was held up longer is not ready, and is healthy', async (t) => {
    const watchdog = await startInproc(t, { inproc_max_delay: '150ms' });
    assert.equal((await watchdog.request({ path: '/_/ready' })).status, 200);
    // the first measurement may begin only after the first block
    await until(async () => {
      assert.equal((await watchdog.request({ path: '/block?ms=400' })).text, 'blocked');
      return (await watchdog.request({ path: '/_/ready' })).status === 503;
    }, 'not to be ready');
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
    await until(
      async () => (await watchdog.request({ path: '/_/ready' })).status === 200,
      'to be ready again',
      20_000,
    );
  });

  test('an offer to upgrade is passed over', async (t) => {
    const watchdog = await startInproc(t);
    const headers = { connection: 'upgrade', upgrade: 'websocket' };
    assert.equal((await watchdog.request({ headers })).status, 200);
  });
});
