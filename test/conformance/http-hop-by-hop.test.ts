import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startForwarding, startRawForwarding } from '../support/upstream.ts';

test('hop-by-hop headers of a request stay on their hop', async (t) => {
  const { watchdog, upstream } = await startForwarding(t);
  const send = async (...lines: string[]): Promise<NodeJS.Dict<string | string[]>> => {
    const answer = await watchdog.exchange(
      ['GET / HTTP/1.1', 'Host: fn', ...lines, '', ''].join('\r\n'),
      300,
    );
    assert.deepEqual(answer.statuses, [200], answer.text);
    return upstream.seen.at(-1)?.headers ?? {};
  };

  await t.test('the well-known ones', async () => {
    const headers = await send(
      'Connection: close',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: keep-alive',
      'Proxy-Authorization: Basic abc',
      'X-Stays: yes',
    );
    for (const name of ['keep-alive', 'proxy-connection']) assert.equal(headers[name], undefined, name);
    assert.notEqual(headers.connection, 'close', 'its own connection is its own matter');
    assert.equal(headers['x-stays'], 'yes');
  });

  await t.test('those that Connection names, whatever their case and number', async () => {
    const headers = await send(
      'Connection: X-One,  x-TWO , close',
      'Connection: x-three',
      'X-One: 1',
      'X-Two: 2',
      'X-Three: 3',
      'X-Four: 4',
    );
    for (const name of ['x-one', 'x-two', 'x-three']) assert.equal(headers[name], undefined, name);
    assert.equal(headers['x-four'], '4');
  });

  await t.test('TE goes no further than trailers', async () => {
    const headers = await send('Connection: TE, close', 'TE: trailers, deflate;q=0.5');
    assert.ok(headers['te'] === undefined || headers['te'] === 'trailers', String(headers['te']));
  });

  await t.test('Connection cannot strip Host', async () => {
    const headers = await send('Connection: close, host');
    assert.equal(headers.host, 'fn');
  });

  await t.test('Upgrade without Connection: upgrade is no upgrade', async () => {
    const headers = await send('Connection: close', 'Upgrade: websocket');
    assert.equal(headers.upgrade, undefined);
  });
});

test('hop-by-hop headers of a response stay on their hop', async (t) => {
  const watchdog = await startRawForwarding(t, (socket) => {
    socket.on('data', () =>
      socket.write(
        'HTTP/1.1 200 OK\r\nConnection: X-Private, keep-alive\r\nX-Private: p\r\nKeep-Alive: timeout=77\r\n' +
          'Proxy-Connection: keep-alive\r\nUpgrade: h2c\r\nX-Stays: yes\r\nContent-Length: 2\r\n\r\nok',
      ),
    );
  });
  const answer = await watchdog.request();
  assert.equal(answer.text, 'ok');
  assert.equal(answer.headers['x-stays'], 'yes');
  for (const name of ['x-private', 'proxy-connection', 'upgrade']) {
    assert.equal(answer.headers[name], undefined, name);
  }
  assert.ok(!String(answer.headers['keep-alive']).includes('77'));
  assert.doesNotMatch(String(answer.headers.connection), /private/i);
});
