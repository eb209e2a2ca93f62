import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import type { Owner } from '../support/owner.ts';
import { startForwarding } from '../support/upstream.ts';
import { within } from '../support/wait.ts';
import type { Variables, Watchdog } from '../support/watchdog.ts';

/** A function that sends every message back. */
async function startEcho(owner: Owner, variables: Variables = {}): Promise<Watchdog> {
  const { watchdog, upstream } = await startForwarding(owner, undefined, variables);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 << 20 });
  upstream.server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (websocket) => {
      websocket.on('message', (message, isBinary) => websocket.send(message, { binary: isBinary }));
    });
  });
  return watchdog;
}

async function open(owner: Owner, watchdog: Watchdog, path = '/ws'): Promise<WebSocket> {
  const websocket = new WebSocket(`ws://127.0.0.1:${watchdog.port}${path}`, ['chat'], {
    headers: { 'x-call-id': 'ws-1' },
  });
  owner.after(() => websocket.terminate());
  websocket.on('error', () => undefined);
  await within(once(websocket, 'open'), 'the handshake');
  return websocket;
}

async function echo(websocket: WebSocket, message: string | Buffer): Promise<Buffer> {
  const answered = once(websocket, 'message') as Promise<[Buffer, boolean]>;
  websocket.send(message);
  return (await within(answered, 'the message to come back'))[0];
}

describe('WebSocket in http mode', { concurrency: 3 }, () => {
  test('messages pass both ways, text and binary, small and large', async (t) => {
    const watchdog = await startEcho(t);
    const websocket = await open(t, watchdog);
    assert.equal(websocket.protocol, 'chat');
    assert.equal((await echo(websocket, 'hello')).toString(), 'hello');
    const large = randomBytes(4 << 20);
    assert.ok((await echo(websocket, large)).equals(large));
  });

  test('the close of either side reaches the other', async (t) => {
    const watchdog = await startEcho(t);
    const first = await open(t, watchdog);
    const closed = once(first, 'close') as Promise<[number, Buffer]>;
    first.close(4001, 'bye');
    assert.equal((await within(closed, 'the close'))[0], 4001);

    const { watchdog: other, upstream } = await startForwarding(t);
    const ends = new WebSocketServer({ noServer: true });
    upstream.server.on('upgrade', (request, socket, head) => {
      ends.handleUpgrade(request, socket, head, (websocket) => websocket.close(4002, 'done'));
    });
    const second = new WebSocket(`ws://127.0.0.1:${other.port}/`);
    t.after(() => second.terminate());
    const [code] = (await within(once(second, 'close'), 'the close')) as [number];
    assert.equal(code, 4002);
  });

  test('is held to neither exec_timeout nor write_timeout nor read_timeout', async (t) => {
    const timeouts = { exec_timeout: '200ms', write_timeout: '250ms', read_timeout: '200ms' };
    const watchdog = await startEcho(t, timeouts);
    const websocket = await open(t, watchdog);
    const slow = await watchdog.connect(); // its read_timeout passes while the WebSocket is open
    slow.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n1');
    const late = await watchdog.connect();
    await slow.waitClosed();
    late.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n1');
    await late.waitClosed();
    assert.equal((await echo(websocket, 'still here')).toString(), 'still here');
  });

  test('is a line in the log when it has ended', async (t) => {
    const watchdog = await startEcho(t, { log_call_id: 'true' });
    const websocket = await open(t, watchdog, '/ws?room=1');
    await echo(websocket, 'hello');
    websocket.close();
    await watchdog.stderr.waitFor(/GET \/ws\?room=1 - 101 .*\[ws-1\]/);
    assert.match(await watchdog.metrics(), /http_requests_total\{code="101",method="get"\} 1/);
    assert.match(await watchdog.metrics(), /^http_requests_in_flight 0$/m);
  });

  test('counts against max_inflight while it is open', async (t) => {
    const watchdog = await startEcho(t, { max_inflight: '1' });
    const websocket = await open(t, watchdog);
    assert.equal((await watchdog.request()).status, 429);
    const closed = once(websocket, 'close');
    websocket.close();
    await closed;
    await watchdog.stderr.waitFor(/GET \/ws - 101/);
    assert.equal((await watchdog.request()).status, 200);
  });
});
