import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { testBackEnds, type BackEnd } from '../support/back-ends.ts';
import { deploy, makeServerImage } from '../support/local-image.ts';
import { startGateway, type OfGateway } from '../support/of-gateway.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { until } from '../support/wait.ts';

/** Calls for later: taken, made, tried again, told of, cancelled, replayed. */

interface Callback {
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Takes callbacks; the first `refuse` of them are answered with 503. */
async function callbackServer(t: TestContext, refuse = 0): Promise<{ url: string; got: Callback[] }> {
  const got: Callback[] = [];
  let left = refuse;
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      left -= 1;
      if (left >= 0) return response.writeHead(503).end();
      got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      return response.end();
    });
  });
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/done`, got };
}

const FAST = { 'com.openfaas.retry.min_wait': '50ms', 'com.openfaas.retry.max_wait': '100ms' };

async function start(
  t: TestContext,
  backEnd: BackEnd,
  variables: Record<string, string> = {},
  annotations: Record<string, string> = FAST,
): Promise<OfGateway> {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, { ...backEnd.variables, ...variables }, { folder });
  await deploy(gateway, { service: 'fn', annotations });
  return gateway;
}

function submit(
  gateway: OfGateway,
  path = '',
  headers: Record<string, string> = {},
  body: string | Buffer = 'x',
) {
  return gateway.request({ method: 'POST', path: `/async-function/fn${path}`, headers, body });
}

interface CallJson {
  readonly callId: string;
  readonly state: string;
  readonly tries: number;
  readonly callback: string;
  readonly lastStatus?: number;
}

async function callOf(gateway: OfGateway, id: string): Promise<CallJson> {
  return JSON.parse((await gateway.api('GET', `/system/async/${id}`)).text) as CallJson;
}

function untilState(gateway: OfGateway, id: string, state: string): Promise<CallJson> {
  return until(async () => {
    const call = await callOf(gateway, id);
    return call.state === state && call;
  }, `the call ${id} to be ${state}`);
}

testBackEnds('202 with an id at once, then the call is made and told of', async (t, backEnd) => {
  const gateway = await start(t, backEnd);
  const { status, headers, body } = await submit(gateway, '/path?q=1', { 'x-call-id': 'one' });
  assert.equal(status, 202);
  assert.equal(headers['x-call-id'], 'one');
  assert.match(String(headers['x-start-time']), /^\d{19}$/);
  assert.equal(body.length, 0);
  const call = await untilState(gateway, 'one', 'done');
  assert.deepEqual([call.tries, call.lastStatus, call.callback], [1, 200, 'none']);
  await gateway.logLine('fn', /POST \/path\?q=1 x/);
});

testBackEnds('the callback has the answer, and says of which call', async (t, backEnd) => {
  const gateway = await start(t, backEnd);
  const { url, got } = await callbackServer(t);
  await submit(gateway, '/status?code=418', { 'x-callback-url': url, 'x-call-id': 'two' });
  const { headers, body } = await until(() => got[0], 'the callback');
  assert.equal(body, 'said 418');
  assert.equal(headers['x-call-id'], 'two');
  assert.equal(headers['x-function-name'], 'fn');
  assert.equal(headers['x-function-status'], '418');
  assert.match(String(headers['user-agent']), /queue-worker\//);
  assert.ok(Number(headers['x-duration-seconds']) >= 0);
  assert.equal((await untilState(gateway, 'two', 'done')).callback, 'sent');
});

testBackEnds('of several X-Callback-Url the first counts, with the login that it has', async (t, backEnd) => {
  const gateway = await start(t, backEnd);
  const { url, got } = await callbackServer(t);
  const connection = await gateway.connect();
  const first = url.replace('http://', 'HTTP://user:p%40ss@');
  connection.send(
    `POST /async-function/fn HTTP/1.1\r\nHost: x\r\nX-Callback-Url: ${first}\r\nX-Callback-Url: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n`,
  );
  await connection.waitFor(/^HTTP\/1\.1 202 /);
  const { headers } = await until(() => got[0], 'the callback');
  assert.equal(headers.authorization, `Basic ${Buffer.from('user:p@ss').toString('base64')}`);
});

testBackEnds('a callback that is refused is made again', async (t, backEnd) => {
  const gateway = await start(t, backEnd);
  const { url, got } = await callbackServer(t, 1);
  await submit(gateway, '', { 'x-callback-url': url });
  await until(() => got[0], 'the callback');
});

testBackEnds(
  'a call that fails for good is dead, keeps its body, and can be replayed with another',
  async (t, backEnd) => {
    const gateway = await start(t, backEnd, {}, { ...FAST, 'com.openfaas.retry.attempts': '2' });
    await submit(gateway, '/status?code=503', { 'x-call-id': 'three' });
    const dead = await untilState(gateway, 'three', 'dead');
    assert.deepEqual([dead.tries, dead.lastStatus], [2, 503]);
    assert.match((await gateway.api('GET', '/system/async?state=dead')).text, /"three"/);
    assert.equal((await gateway.api('POST', '/system/async/three/replay', { body: {} })).status, 202);
    await until(
      async () => (await callOf(gateway, 'three')).tries === 2,
      'the replay to have failed as well',
    );
  },
);

testBackEnds('the body of a dead call is given out byte for byte, and of no other', async (t, backEnd) => {
  const gateway = await start(t, backEnd, {}, { ...FAST, 'com.openfaas.retry.attempts': '1' });
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
  await submit(gateway, '/status?code=503', { 'x-call-id': 'bytes', 'content-type': 'text/html' }, bytes);
  await untilState(gateway, 'bytes', 'dead');
  const whole = await gateway.api('GET', '/system/async/bytes/body');
  assert.deepEqual(whole.body, bytes);
  const { headers } = whole;
  assert.deepEqual(
    [headers['content-type'], headers['content-disposition'], headers['x-content-type-options']],
    ['application/octet-stream', 'attachment', 'nosniff'],
    'no browser shows it as a page of the gateway',
  );
  const part = await gateway.api('GET', '/system/async/bytes/body?limit=10');
  assert.deepEqual([part.body, part.headers['x-body-length']], [bytes.subarray(0, 10), '256']);

  for (const limit of ['0', '-1', 'x', '1.5', '67108865'])
    assert.equal((await gateway.api('GET', `/system/async/bytes/body?limit=${limit}`)).status, 400, limit);
  assert.equal((await gateway.api('GET', '/system/async/none/body')).status, 404);
  assert.equal((await gateway.api('GET', '/system/async/bytes/body', { login: null })).status, 401);
  await submit(gateway, '', { 'x-call-id': 'well' });
  await untilState(gateway, 'well', 'done');
  const done = await gateway.api('GET', '/system/async/well/body');
  assert.deepEqual([done.status, /only dead calls keep their body/.test(done.text)], [409, true]);

  await gateway.api('POST', '/system/async/bytes/replay', { body: { body: '' } });
  await until(
    async () => (await gateway.api('GET', '/system/async/bytes/body')).text === '',
    'the replay with an empty body to be dead',
  );
});

testBackEnds('a call that waits is cancelled, and so is one that runs', async (t, backEnd) => {
  const gateway = await start(t, backEnd, {}, { 'com.openfaas.retry.min_wait': '1h' });
  await submit(gateway, '/status?code=503', { 'x-call-id': 'waits' });
  await until(async () => (await callOf(gateway, 'waits')).tries === 1, 'its first try');
  await submit(gateway, '/wait?ms=60000&key=long', { 'x-call-id': 'runs' });
  await gateway.logLine('fn', /began long/);
  for (const id of ['waits', 'runs']) {
    assert.equal((await gateway.request({ method: 'DELETE', path: `/async-function/${id}` })).status, 202);
    assert.equal((await callOf(gateway, id)).state, 'cancelled');
    assert.equal((await gateway.request({ method: 'DELETE', path: `/async-function/${id}` })).status, 404);
  }
});

testBackEnds('what cannot be taken is refused with the reason', async (t, backEnd) => {
  const gateway = await start(t, backEnd, { async_max_body: '1000' });
  const large = await submit(gateway, '', {}, 'x'.repeat(1001));
  assert.equal(large.status, 413);
  assert.match(large.text, /async_max_body of 1000 bytes/);
  for (const url of ['http://[bad', 'ftp://host/', 'nonsense', 'http:///host/', 'http://:80/']) {
    assert.equal((await submit(gateway, '', { 'x-callback-url': url })).status, 400, url);
  }
  const none = await gateway.request({ method: 'POST', path: '/async-function/none', body: 'x' });
  assert.equal(none.status, 404);
  const get = await gateway.request({ path: '/async-function/fn' });
  assert.equal(get.status, 405);
  assert.match(String(get.headers['allow']), /POST/);
});

testBackEnds('a full queue says when to come again', async (t, backEnd) => {
  const gateway = await start(t, backEnd, { async_max_calls: '1' });
  await submit(gateway, '/wait?ms=60000&key=full');
  const { status, headers, text } = await submit(gateway);
  assert.equal(status, 503);
  assert.match(String(headers['retry-after']), /^\d+$/);
  assert.match(text, /async_max_calls of 1/);
});

testBackEnds(
  'a slow function holds up no other, whatever the queue may run at a time',
  async (t, backEnd) => {
    const gateway = await start(t, backEnd, { async_max_inflight: '1' });
    await deploy(gateway, { service: 'other' });
    await submit(gateway, '/wait?ms=60000&key=slow');
    await gateway.logLine('fn', /began slow/);
    await gateway.request({
      method: 'POST',
      path: '/async-function/other',
      headers: { 'x-call-id': 'quick' },
      body: '',
    });
    await untilState(gateway, 'quick', 'done');
  },
);

testBackEnds(
  'kill -9 loses no call that was taken, and makes none twice that had ended',
  async (t, backEnd) => {
    const folder = makeStateFolder();
    makeServerImage(folder);
    const first = await startGateway(t, backEnd.variables, { folder });
    await deploy(first, { service: 'fn', annotations: FAST });
    const { url, got } = await callbackServer(t);
    const taken: string[] = [];
    const submitAll = async (part: number): Promise<void> => {
      for (let count = 0; count < 40; count += 1) {
        const id = `${part}-${count}`;
        const { status } = await submit(first, '', { 'x-call-id': id, 'x-callback-url': url }, id);
        if (status === 202) taken.push(id);
        if (part === 0 && count === 20) first.kill('SIGKILL');
      }
    };
    await Promise.all([0, 1, 2, 3].map(submitAll));
    await first.exited;
    assert.ok(taken.length > 20 && taken.length < 160);
    const ended = new Set(got.map(({ headers }) => String(headers['x-call-id'])));
    await startGateway(t, backEnd.variables, { folder });
    await until(() => {
      const told = new Set(got.map(({ headers }) => headers['x-call-id']));
      return taken.every((id) => told.has(id));
    }, 'a callback of every call that was taken');
    const twice = [...ended].filter(
      (id) => got.filter(({ headers }) => headers['x-call-id'] === id).length > 1,
    );
    // a callback that was on its way when the gateway was killed may come again: at most those that ran at that moment
    assert.ok(twice.length <= 50, `${twice.length} callbacks came twice`);
  },
);
