import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { describe, test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { bearer, JwtAuthority, JWT_AUTH, makeKey, makeToken } from '../support/jwt-authority.ts';
import { childrenOf, isAlive } from '../support/process-table.ts';
import { serverFunction, startForwarding, startUpstream } from '../support/upstream.ts';
import { until, within } from '../support/wait.ts';
import { behaviour, IDLE } from '../support/command.ts';
import { connectToEach, startWithWorkers, workersOf } from '../support/workers.ts';

const TWO = { workers: '2' };
const GET = 'GET / HTTP/1.1\r\nHost: x\r\n';

describe('workers in http mode', { concurrency: 2 }, () => {
  test('forward to one process of the function, whose output is told once', async (t) => {
    const watchdog = await startWithWorkers(t, serverFunction());
    await until(async () => (await watchdog.request()).text === 'served', 'the function to serve');
    const pids = new Set<string>();
    for (const connection of (await connectToEach(watchdog)).values()) {
      connection.send('GET /pid HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      await connection.waitClosed();
      pids.add(/\d+$/.exec(connection.received)?.[0] ?? '');
    }
    assert.equal(pids.size, 1);
    const others = childrenOf(watchdog.pid).filter((pid) => !workersOf(watchdog).includes(pid));
    assert.deepEqual(others.map(String), [...pids]);
    await watchdog.request({ path: '/log?text=one' });
    await watchdog.stdout.waitFor(/stdout: to-stdout one\n/);
    await watchdog.stderr.waitFor(/stderr: to-stderr one\n/);
    assert.equal(watchdog.log.split('to-stdout one').length, 2);
  });

  test('requests that come before it listens wait in each, and readiness tells of it', async (t) => {
    const watchdog = await startWithWorkers(t, serverFunction({ listen_once: 'asked' }));
    const connections = [...(await connectToEach(watchdog)).values()];
    for (const connection of connections) {
      connection.send('GET /_/ready HTTP/1.1\r\nHost: x\r\n\r\n');
      await connection.waitFor(/^HTTP\/1\.1 503 /);
      connection.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody');
    }
    writeFileSync(path.join(watchdog.folder, 'asked'), '');
    for (const connection of connections) await connection.waitFor(/200 OK[^]*served$/);
    assert.equal((await watchdog.request({ path: '/_/ready' })).status, 200);
  });

  test('its death ends the watchdog with its status, after the responses in flight', async (t) => {
    const watchdog = await startWithWorkers(t, serverFunction());
    await until(async () => (await watchdog.request()).text === 'served', 'the function to serve');
    const [dying, silent] = [...(await connectToEach(watchdog)).values()];
    silent?.send('GET /slow?ms=60000 HTTP/1.1\r\nHost: x\r\n\r\n');
    await watchdog.stdout.waitFor(/slow request begins/);
    dying?.send('GET /partial-then-exit?code=3 HTTP/1.1\r\nHost: x\r\n\r\n');
    await silent?.waitFor(/^HTTP\/1\.1 500 [^]*X-OpenFaaS-Internal: of-watchdog/);
    await dying?.waitClosed();
    assert.match(dying?.received ?? '', /200 OK[^]*begin/);
    assert.equal((await watchdog.waitExit()).code, 1);
    const told = watchdog.log.split('Forked function has terminated: exit status 3');
    assert.equal(told.length, 2, watchdog.log);
    assert.doesNotMatch(watchdog.log, /started again/);
    await until(() => watchdog.leftovers().length === 0, 'the workers to be gone');
  });

  test('requests that wait are answered where it ends before it listens', async (t) => {
    const watchdog = await startWithWorkers(t, {
      ...serverFunction(),
      fprocess: behaviour('until-file.sh', 'asked'),
    });
    const connections = [...(await connectToEach(watchdog)).values()];
    for (const connection of connections) connection.send(`${GET}\r\n`);
    writeFileSync(path.join(watchdog.folder, 'asked'), '');
    for (const connection of connections) await connection.waitFor(/^HTTP\/1\.1 500 /);
    assert.equal((await watchdog.waitExit()).code, 1);
  });

  test('a function that cannot start: non-zero, with one clear line', async (t) => {
    const watchdog = startWithWorkers(t, { ...serverFunction(), fprocess: '/no/such/file' });
    await assert.rejects(watchdog, /Error: cannot start the function "\/no\/such\/file": no such file/);
  });

  test('WebSockets pass through each, and do not hold up the end', async (t) => {
    const { watchdog, upstream } = await startForwarding(t, undefined, TWO);
    const sockets = new WebSocketServer({ noServer: true });
    upstream.server.on('upgrade', (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (websocket) => {
        websocket.on('message', (message) => websocket.send(message));
      });
    });
    for (const raw of (await connectToEach(watchdog)).values()) {
      raw.send(
        `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
      );
      await raw.waitFor(/^HTTP\/1\.1 101 [^]*\r\n\r\n/);
    }
    const websocket = new WebSocket(`ws://127.0.0.1:${watchdog.port}/ws`);
    t.after(() => websocket.terminate());
    await within(once(websocket, 'open'), 'the handshake');
    websocket.send('hello');
    const [message] = (await within(once(websocket, 'message'), 'the message')) as [Buffer];
    assert.equal(message.toString(), 'hello');
    const closed = once(websocket, 'close');
    watchdog.kill('SIGTERM');
    await within(closed, 'the close');
    assert.equal((await watchdog.waitExit()).code, 0);
  });

  test('a worker that is killed loses no request but its own, and the function goes on', async (t) => {
    const held: ServerResponse[] = [];
    const { watchdog } = await startForwarding(t, (_request, response) => void held.push(response), TWO);
    const connections = await connectToEach(watchdog);
    const [victim = 0, other = 0] = connections.keys();
    for (const connection of connections.values()) connection.send(`${GET}\r\n`);
    await until(() => held.length === 2, 'both requests');
    process.kill(victim, 'SIGKILL');
    await connections.get(victim)?.waitClosed();
    assert.equal(connections.get(victim)?.received, '');
    const next = Array.from({ length: 12 }, () => watchdog.request());
    await until(() => held.length === 14, 'those that come next');
    for (const response of held) response.end('done');
    await connections.get(other)?.waitFor(/200 OK[^]*done$/);
    for (const answer of await Promise.all(next)) assert.equal(answer.text, 'done');
    await until(() => workersOf(watchdog).length === 2, 'another worker');
    const each = await connectToEach(watchdog);
    for (const connection of each.values()) connection.send(`${GET}\r\n`);
    await until(() => held.length === 16, 'a request of each');
    for (const response of held.slice(14)) response.end('again');
    for (const connection of each.values()) await connection.waitFor(/again$/);
  });

  test('jwt_auth holds in each', async (t) => {
    const key = await makeKey('one');
    const gateway = await JwtAuthority.start(t, key);
    if (!gateway) return;
    const { url } = await startUpstream(t);
    const settings = { mode: 'http', fprocess: IDLE, upstream_url: url, ...JWT_AUTH };
    const watchdog = await startWithWorkers(t, settings);
    for (const connection of (await connectToEach(watchdog)).values()) {
      connection.send(`${GET}\r\n`);
      await connection.waitFor(/^HTTP\/1\.1 401 /);
    }
    const { authorization } = bearer(await makeToken(key));
    for (const connection of (await connectToEach(watchdog)).values()) {
      connection.send(`${GET}Authorization: ${authorization}\r\n\r\n`);
      await connection.waitFor(/^HTTP\/1\.1 200 OK[^]*ok$/);
    }
    assert.equal(watchdog.log.split('JWT Auth: true').length, 2);
  });

  test('SIGTERM: the function is told to end when the requests of all are answered', async (t) => {
    const watchdog = await startWithWorkers(t, serverFunction({ healthcheck_interval: '300ms' }));
    await until(async () => (await watchdog.request()).text === 'served', 'the function to serve');
    const pids = [...workersOf(watchdog), ...childrenOf(watchdog.pid)];
    const connections = [...(await connectToEach(watchdog)).values()];
    for (const connection of connections) connection.send('GET /slow?ms=1200 HTTP/1.1\r\nHost: x\r\n\r\n');
    await watchdog.stdout.waitFor(/slow request begins[^]*slow request begins/);
    watchdog.kill('SIGTERM');
    for (const connection of connections) await connection.waitFor(/200 OK[^]*slow done$/);
    assert.equal((await watchdog.waitExit()).code, 0);
    assert.match(watchdog.stdout.text, /the function got SIGTERM/);
    assert.doesNotMatch(watchdog.log, /has terminated|started again/);
    assert.deepEqual(pids.filter(isAlive), []);
  });
});
