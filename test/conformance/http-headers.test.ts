import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startForwarding, startRawForwarding } from '../support/upstream.ts';

/** The values of a header in the order in which they came. */
function valuesOf(rawHeaders: readonly string[] | undefined, name: string): string[] {
  return (rawHeaders ?? []).filter(
    (_value, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === name,
  );
}

test('headers of requests in http mode', async (t) => {
  const { watchdog, upstream } = await startForwarding(t, (request, response) => {
    request.resume().on('end', () => response.end('ok'));
  });
  const send = async (...lines: string[]): Promise<readonly string[]> => {
    const answer = await watchdog.exchange(
      ['GET / HTTP/1.1', 'Host: fn', ...lines, 'Connection: close', '', ''].join('\r\n'),
    );
    assert.deepEqual(answer.statuses, [200], answer.text);
    return upstream.seen.at(-1)?.rawHeaders ?? [];
  };

  await t.test('repeated ones stay repeated, in order', async () => {
    const headers = await send('X-Many: 1', 'X-Other: o', 'X-Many: 2', 'X-Many: 1');
    assert.deepEqual(valuesOf(headers, 'x-many'), ['1', '2', '1']);
  });

  await t.test('two Cookie headers lose nothing', async () => {
    const headers = await send('Cookie: a=1', 'Cookie: b=2');
    assert.equal(valuesOf(headers, 'cookie').join('; '), 'a=1; b=2');
  });

  await t.test('Latin-1 and UTF-8 values arrive byte for byte', async () => {
    const utf8 = Buffer.from('größe 漢').toString('latin1');
    const headers = await send('X-Latin: gr\xf6\xdfe', `X-Utf: ${utf8}`);
    assert.deepEqual(valuesOf(headers, 'x-latin'), ['gr\xf6\xdfe']);
    assert.deepEqual(valuesOf(headers, 'x-utf'), [utf8]);
  });

  await t.test('the case of a name is kept', async () => {
    assert.ok((await send('X-MiXeD-Case: 1')).includes('X-MiXeD-Case'));
  });

  await t.test('empty values and odd names arrive', async () => {
    const headers = await send('X-Empty:', "X-Odd!#$%&'*+.^_`|~: odd");
    assert.deepEqual(valuesOf(headers, 'x-empty'), ['']);
    assert.deepEqual(valuesOf(headers, "x-odd!#$%&'*+.^_`|~"), ['odd']);
  });

  await t.test('Accept-Encoding, User-Agent, Authorization and X-Forwarded-For are let alone', async () => {
    const headers = await send('Authorization: Basic abc', 'X-Forwarded-For: 1.2.3.4');
    assert.deepEqual(valuesOf(headers, 'authorization'), ['Basic abc']);
    assert.deepEqual(valuesOf(headers, 'x-forwarded-for'), ['1.2.3.4']);
    assert.deepEqual(valuesOf(headers, 'accept-encoding'), []);
    assert.deepEqual(valuesOf(headers, 'user-agent'), []);
  });

  await t.test('a header called __proto__ or constructor is one like any other', async () => {
    const headers = await send('__proto__: a', 'constructor: b', 'hasOwnProperty: c');
    assert.deepEqual(valuesOf(headers, '__proto__'), ['a']);
    assert.deepEqual(valuesOf(headers, 'constructor'), ['b']);
    assert.deepEqual(valuesOf(headers, 'hasownproperty'), ['c']);
  });

  await t.test('a thousand headers, and one of 100 kB, and 1 MiB of them', async () => {
    const many = Array.from({ length: 1000 }, (_none, index) => `X-H${index}: ${index}`);
    assert.deepEqual(valuesOf(await send(...many), 'x-h999'), ['999']);
    const big = await watchdog.request({ headers: { 'x-big': 'a'.repeat(100_000) } });
    assert.equal(big.status, 200);
    assert.equal(upstream.seen.at(-1)?.headers['x-big']?.length, 100_000);
    const spread = Array.from({ length: 1000 }, (_none, index) => `X-H${index}: ${'v'.repeat(1000)}`);
    assert.equal(valuesOf(await send(...spread), 'x-h999')[0]?.length, 1000);
    assert.equal((await watchdog.request({ headers: { 'x-big': 'a'.repeat((1 << 20) - 500) } })).status, 200);
  });

  await t.test('more than that is refused with 431, and others are served', async () => {
    const answer = await watchdog.exchange(
      `GET / HTTP/1.1\r\nHost: fn\r\nX-Big: ${'a'.repeat(3 << 20)}\r\n\r\n`,
    );
    assert.deepEqual(answer.statuses.slice(0, 1), [431]);
    assert.equal((await watchdog.request()).status, 200);
  });
});

test('headers of responses in http mode', async (t) => {
  const big = `X-Big: ${'b'.repeat(200_000)}`;
  const watchdog = await startRawForwarding(t, (socket) => {
    socket.on('data', () =>
      socket.write(
        Buffer.from(
          `HTTP/1.1 200 OK\r\nX-Many: 1\r\nX-Many: 2\r\nX-Latin: gr\xf6\xdfe\r\nWWW-Authenticate: A\r\n` +
            `WWW-Authenticate: B\r\nX-Empty:\r\n${big}\r\nContent-Length: 2\r\n\r\nok`,
          'latin1',
        ),
      ),
    );
  });
  const answer = await watchdog.request();
  assert.equal(answer.text, 'ok');
  assert.deepEqual(valuesOf(answer.rawHeaders, 'x-many'), ['1', '2']);
  assert.deepEqual(valuesOf(answer.rawHeaders, 'www-authenticate'), ['A', 'B']);
  assert.deepEqual(valuesOf(answer.rawHeaders, 'x-latin'), ['gr\xf6\xdfe']);
  assert.deepEqual(valuesOf(answer.rawHeaders, 'x-empty'), ['']);
  assert.equal(valuesOf(answer.rawHeaders, 'x-big')[0]?.length, 200_000);
});
