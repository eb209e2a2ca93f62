import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { soon, startFunction } from './host.ts';

const MISTAKES = `module.exports = (event, context, callback) => {
  switch (event.path) {
    case '/timer': setTimeout(() => { throw new Error('in a timer'); }, 5); return 'ok';
    case '/floating': Promise.reject(new Error('floating')); return 'ok';
    case '/late': setTimeout(callback, 5, null, 'late'); return 'ok';
    case '/twice': callback(null, 'ok'); callback(new Error('after all')); return;
    case '/toString': return Promise.reject({ toString() { throw new Error('not even that'); } });
    case '/rejects-late': context.succeed('ok'); return Promise.reject(new Error('answered before'));
  }
  return 'alive';
};`;

const CASES: readonly (readonly [string, number, string, RegExp])[] = [
  ['/timer', 200, 'ok', /uncaught exception: Error: in a timer/],
  ['/floating', 200, 'ok', /unhandled rejection: Error: floating/],
  ['/late', 200, 'ok', /the callback came after the request had been answered/],
  ['/twice', 200, 'ok', /Error: after all/],
  ['/toString', 500, 'the handler failed', /toString/],
  ['/rejects-late', 200, 'ok', /Error: answered before/],
];

test("a handler's mistake is logged and does not end the process", async (t) => {
  const host = await startFunction(t, 'node24', { 'handler.js': MISTAKES });
  for (const [path, status, body, log] of CASES) {
    const answer = await host.call({ path });
    assert.deepEqual([answer.status, answer.text], [status, body], path);
    await host.logged(log);
    assert.equal((await host.call()).text, 'alive', path);
  }
});

test('a client that leaves in the middle of its body disturbs nobody', async (t) => {
  const host = await startFunction(t, 'node24', { 'handler.js': MISTAKES });
  for (const length of ['Content-Length: 10\r\n\r\nhalf', 'Transfer-Encoding: chunked\r\n\r\n5\r\nha']) {
    const socket = connect(host.port, '127.0.0.1');
    await once(socket, 'connect', soon());
    socket.end(`POST / HTTP/1.1\r\nHost: x\r\n${length}`);
    await once(socket.resume(), 'close', soon());
  }
  assert.equal((await host.call()).text, 'alive');
  assert.equal(host.stderr, '');
});

test('a request with 1 MiB of headers is served', async (t) => {
  const host = await startFunction(t, 'node24', {
    'handler.js': 'module.exports = (event) => event.headers["x-a"].length;',
  });
  const answer = await host.call({ headers: { 'x-a': 'a'.repeat(1 << 20) } });
  assert.equal(answer.text, String(1 << 20));
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} lets the requests in flight end, then the process, with 0`, async (t) => {
    const handler = `module.exports = () => new Promise((resolve) => {
      console.error('in flight');
      process.once('${signal}', () => setTimeout(resolve, 30, 'answered'));
    });`;
    const host = await startFunction(t, 'node24', { 'handler.js': handler });
    const agent = new Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    const asked = host.open({ agent }).end();
    await host.logged('in flight');
    host.process.kill(signal);
    const [response] = (await once(asked, 'response', soon())) as [IncomingMessage];
    assert.equal(String((await once(response, 'data', soon()))[0]), 'answered');
    assert.equal(await host.exited(), 0);
  });
}

test('an idle process ends at once', async (t) => {
  const host = await startFunction(t, 'node24', { 'handler.js': MISTAKES });
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const asked = host.open({ agent }).end();
  const [response] = (await once(asked, 'response', soon())) as [IncomingMessage];
  await once(response.resume(), 'end', soon());
  host.process.kill('SIGTERM');
  assert.equal(await host.exited(), 0);
});
