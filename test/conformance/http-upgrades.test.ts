import assert from 'node:assert/strict';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { startForwarding, startRawForwarding } from '../support/upstream.ts';
import { openFilesOf } from '../support/process-table.ts';
import { until } from '../support/wait.ts';

const ASK =
  'GET /raw HTTP/1.1\r\nHost: fn.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: my-proto/2\r\nX-One: 1\r\n\r\n';

describe('upgrades other than WebSocket in http mode', { concurrency: 4 }, () => {
  test('any protocol passes, bytes that come with the handshake included', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    let seen: IncomingHttpHeaders = {};
    upstream.server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
      seen = request.headers;
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: my-proto/2\r\n\r\nfirst;',
      );
      socket.write(head);
      socket.on('data', (bytes: Buffer) => socket.write(`<${bytes.toString()}>`));
      socket.on('end', () => socket.end());
    });
    const connection = await watchdog.connect();
    connection.send(`${ASK}with-head`);
    await connection.waitFor(/^HTTP\/1\.1 101 Switching Protocols\r\n[^]*\r\n\r\nfirst;<?with-head>?$/);
    assert.match(connection.received, /^upgrade: my-proto\/2\r$/im);
    connection.send('more');
    await connection.waitFor(/<more>$/);
    assert.equal(seen.upgrade, 'my-proto/2');
    assert.equal(seen.host, 'fn.example', 'Host is kept');
    assert.equal(seen['x-one'], '1');
  });

  test('the head goes on by the rules of all requests, both ways', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    let seen: readonly string[] = [];
    upstream.server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      seen = request.rawHeaders;
      socket.end(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade, X-Hop\r\nUpgrade: my-proto/2\r\nX-Hop: 1\r\n' +
          'Set-Cookie: a=1\r\nX-Two: 1\r\nset-cookie: b=2\r\nKeep-Alive: timeout=5\r\n\r\nend',
      );
    });
    const connection = await watchdog.connect();
    connection.send(
      'GET /raw HTTP/1.1\r\nHost: fn.example\r\nX-A: 1\r\nConnection: Upgrade, X-Named\r\nUpgrade: my-proto/2\r\n' +
        'X-Named: 1\r\nx-a: 2\r\nTE: trailers\r\nKeep-Alive: 1\r\nProxy-Authorization: Basic eA==\r\nX-B: 3\r\n\r\n',
    );
    await connection.waitFor(/end$/);
    const own = 'Connection,Upgrade,Upgrade,my-proto/2';
    assert.equal(seen.join(','), `Host,fn.example,X-A,1,x-a,2,X-B,3,${own}`);
    assert.equal(
      connection.received.split('\r\n').slice(1, -2).join(),
      'Set-Cookie: a=1,X-Two: 1,set-cookie: b=2,Connection: Upgrade,Upgrade: my-proto/2',
    );
  });

  test('fields keep their number and order among others, bytes beyond ASCII and the reason too', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    let seen: IncomingMessage | undefined;
    upstream.server.on('upgrade', (request, socket: Duplex) => {
      seen = request;
      const many = Array.from({ length: 2100 }, (_none, at) => `X-${at}: ${at}\r\n`).join('');
      const head =
        'HTTP/1.1 101 D\xe9j\xe0 vu\r\nConnection: Upgrade\r\nUpgrade: x\r\n2: b\r\nSet-Cookie: a\r\n1: \xe9\r\n' +
        `Set-Cookie: b\r\n${many}\r\nend`;
      socket.end(Buffer.from(head, 'latin1'));
    });
    const connection = await watchdog.connect();
    connection.send(
      'PUT //a//b?c//d HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: my-proto/2\r\nCookie: a=1\r\n' +
        'X-A: 1\r\nCookie: b=2\r\nX-B: \xe9\r\nX-A: 2\r\n\r\n',
    );
    await connection.waitFor(/end$/);
    assert.equal(seen?.method, 'PUT');
    assert.equal(seen?.url, '//a//b?c//d');
    assert.equal(
      seen?.rawHeaders.slice(0, 12).join(),
      'Host,x,Cookie,a=1,X-A,1,Cookie,b=2,X-B,\xe9,X-A,2',
      'nothing is joined or moved',
    );
    const lines = connection.received.split('\r\n');
    assert.equal(
      lines.slice(0, 5).join(),
      'HTTP/1.1 101 D\xe9j\xe0 vu,2: b,Set-Cookie: a,1: \xe9,Set-Cookie: b',
    );
    assert.equal(lines.filter((line) => line.startsWith('X-')).length, 2100, 'and nothing is lost');
  });

  test('a client that resets its connection before the function answers does no harm', async (t) => {
    const { watchdog, upstream } = await startForwarding(
      t,
      (_request, response) => void response.end('plain'),
    );
    const states: string[] = [];
    upstream.server.on('upgrade', (_request, socket: Duplex) => {
      states.push('asked');
      socket.on('error', () => undefined);
      socket.on('end', () => socket.end());
      socket.on('close', () => states.push('closed'));
      socket.resume();
    });
    const connection = await watchdog.connect();
    connection.send(ASK);
    await until(() => states.length === 1, 'the handshake to be under way');
    connection.reset();
    await until(() => states.length === 2, 'the function’s side to be closed');
    assert.equal((await watchdog.request()).status, 200);
  });

  test('HTTP/1.0 upgrades nothing, and health is the watchdog’s own', async (t) => {
    const { watchdog, upstream } = await startForwarding(
      t,
      (_request, response) => void response.end('plain'),
    );
    let upgrades = 0;
    upstream.server.on('upgrade', (_request, socket: Duplex) => {
      upgrades += 1;
      socket.destroy();
    });
    const old = await watchdog.exchange(ASK.replace('HTTP/1.1', 'HTTP/1.0').replace('keep-alive, ', ''));
    assert.match(old.text, /^HTTP\/1\.1 200 [^]*plain$/);
    const health = await watchdog.connect();
    health.send(ASK.replace('/raw', '/_/health'));
    await health.waitFor(/^HTTP\/1\.1 200 [^]*OK$/);
    assert.deepEqual((await watchdog.exchange(ASK.replace('Host: fn.example\r\n', ''))).statuses, [400]);
    assert.equal(upgrades, 0);
  });

  test('a half-closed client still gets what the function has to say', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    upstream.server.on('upgrade', (_request, socket: Duplex) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: my-proto/2\r\n\r\n');
      socket.on('data', () => undefined);
      socket.on('end', () => socket.end('last words'));
    });
    const connection = await watchdog.connect();
    connection.send(ASK);
    await connection.waitFor(/101 Switching/);
    connection.end();
    await connection.waitFor(/last words$/);
    await connection.waitClosed();
  });

  for (const fast_path of ['true', 'false']) {
    test(`what a client has sent before it ended its side reaches the function, fast_path=${fast_path}`, async (t) => {
      const { watchdog, upstream } = await startForwarding(t, undefined, { fast_path });
      upstream.server.on('upgrade', (_request, socket: Duplex, head: Buffer) => {
        let heard = head.toString();
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: my-proto/2\r\n\r\n',
        );
        socket.on('data', (bytes: Buffer) => (heard += bytes.toString()));
        socket.on('end', () => socket.end(`heard ${heard}`));
      });
      const connection = await watchdog.connect();
      watchdog.kill('SIGSTOP'); // it finds the bytes and the end together
      await connection.flush(`${ASK}all of it`);
      connection.end();
      watchdog.kill('SIGCONT');
      await connection.waitFor(/101 Switching[^]*heard all of it$/);
      await connection.waitClosed();
    });
  }

  test('a client that goes away takes the connection to the function with it', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    let gone = false;
    upstream.server.on('upgrade', (_request, socket: Duplex) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: my-proto/2\r\n\r\n');
      socket.on('error', () => (gone = true));
      socket.on('end', () => (gone = true)); // and it does not end its own side
      socket.resume();
    });
    const sockets = (): number =>
      openFilesOf(watchdog.pid).filter((file) => file.startsWith('socket:')).length;
    const before = sockets();
    const connection = await watchdog.connect();
    connection.send(ASK);
    await connection.waitFor(/101 Switching/);
    connection.reset();
    await until(() => gone, 'the function to notice');
    await until(async () => /^http_requests_in_flight 0$/m.test(await watchdog.metrics()), 'the end of it');
    await until(() => sockets() <= before, 'no socket to be left');
  });

  test('a function that goes away ends the client’s connection', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    upstream.server.on('upgrade', (_request, socket: Duplex) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: my-proto/2\r\n\r\n');
      socket.once('data', () => socket.destroy());
    });
    const connection = await watchdog.connect();
    connection.send(ASK);
    await connection.waitFor(/101 Switching/);
    connection.send('x');
    await connection.waitClosed();
  });

  test('one that the function refuses is answered with the refusal, body and all', async (t) => {
    const { watchdog, upstream } = await startForwarding(t);
    upstream.server.on('upgrade', (_request, socket: Duplex) => {
      socket.end('HTTP/1.1 426 Upgrade Required\r\nX-Why: no\r\nContent-Length: 7\r\n\r\nrefused');
    });
    const connection = await watchdog.connect();
    connection.send(ASK);
    await connection.waitFor(/^HTTP\/1\.1 426 Upgrade Required\r\n[^]*refused/);
    assert.match(connection.received, /x-why: no/i);
    assert.equal((await watchdog.request()).status, 200);
  });

  test('one that the function passes over is an ordinary request', async (t) => {
    const { watchdog } = await startForwarding(t, (_request, response) => void response.end('plain'));
    // As curl --http2 asks.
    const answer = await watchdog.exchange(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n' +
        'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n',
      1000,
    );
    assert.deepEqual(answer.statuses, [200]);
    assert.match(answer.text, /plain/);
  });

  test('a function that dies during the handshake is a 500', async (t) => {
    const watchdog = await startRawForwarding(t, (socket) => {
      socket.once('data', () => socket.destroy());
    });
    const connection = await watchdog.connect();
    connection.send(ASK);
    await connection.waitFor(/^HTTP\/1\.1 500 /);
    assert.match(connection.received, /x-openfaas-internal: of-watchdog/i);
  });

  test('a handshake may take longer than exec_timeout and write_timeout', async (t) => {
    const { watchdog, upstream } = await startForwarding(t, undefined, {
      exec_timeout: '100ms',
      write_timeout: '200ms',
    });
    upstream.server.on('upgrade', (_request, socket: Duplex) => {
      setTimeout(
        () => socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nlate'),
        500,
      );
    });
    const connection = await watchdog.connect();
    connection.send(ASK);
    await connection.waitFor(/^HTTP\/1\.1 101 [^]*late$/);
  });
});
