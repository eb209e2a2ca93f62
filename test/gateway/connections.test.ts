import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';
import { until } from '../support/wait.ts';

test('requests sent one behind the other are answered in their order', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const connection = await gateway.connect();
  const list = `GET /system/functions HTTP/1.1\r\nHost: x\r\nAuthorization: ${gateway.login}\r\n\r\n`;
  const health = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
  const none = 'GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  connection.send(list + health + none);
  await connection.waitFor(/200 OK[^]*\[\][^]*200 OK[^]*OK[^]*404 Not Found[^]*404 page not found/);
});

test('a client that leaves in the middle of its body has nothing done, and does no harm', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  for (let i = 0; i < 20; i += 1) {
    const connection = await gateway.connect();
    connection.send(
      `POST /system/functions HTTP/1.1\r\nHost: x\r\nAuthorization: ${gateway.login}\r\nContent-Length: 100\r\n\r\n{"service":"half","image":"x"}`,
    );
    await connection.flush('');
    connection.reset();
  }
  assert.equal((await gateway.api('GET', '/system/functions')).text, '[]');
  assert.equal(provider.functions.size, 0);
  gateway.kill('SIGTERM');
  assert.equal(await gateway.exited, 0);
});

test('a body that does not come in read_timeout is 408', async (t) => {
  const { gateway } = await startBeforeProvider(t, { read_timeout: '300ms' });
  const connection = await gateway.connect();
  connection.send(
    `POST /system/functions HTTP/1.1\r\nHost: x\r\nAuthorization: ${gateway.login}\r\nContent-Length: 100\r\n\r\n{`,
  );
  await connection.waitFor(/^HTTP\/1\.1 408 [^]*read_timeout of 300ms passed/);
  await connection.waitClosed();
});

test('requests that two servers could read in two ways are refused', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const before = provider.changes;
  for (const fields of [
    'Host: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked',
    'Host: x\r\nContent-Length: 4\r\nContent-Length: 5',
    'Host: x\r\nTransfer-Encoding: gzip, chunked',
    'Host: x\r\nHost: y',
    'Host : x',
  ]) {
    const connection = await gateway.connect();
    connection.send(
      `POST /system/functions HTTP/1.1\r\nAuthorization: ${gateway.login}\r\n${fields}\r\n\r\n0\r\n\r\n`,
    );
    await connection.waitFor(/^HTTP\/1\.1 (?:400|501) /);
    await connection.waitClosed();
  }
  assert.equal(provider.changes, before);
});

test('an offer to upgrade is passed over where no function is called', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const connection = await gateway.connect();
  connection.send('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await connection.waitFor(/^HTTP\/1\.1 200 /);
});

test('CONNECT is refused', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const connection = await gateway.connect();
  connection.send('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n');
  await connection.waitFor(/^HTTP\/1\.1 405 /);
});

test('a client that sends no more does not hold a connection for ever', async (t) => {
  const { gateway } = await startBeforeProvider(t, { read_timeout: '400ms' });
  const connection = await gateway.connect();
  connection.send('GET /healthz HTTP/1.1\r\nHost: x\r\n');
  await until(() => connection.closed, 'the end of the connection');
});

test('a function that is asked for an upgrade is told of the call as of any other', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  const connection = await gateway.connect();
  connection.send(
    'GET /function/f HTTP/1.1\r\nHost: fn.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Call-Id: own\r\n\r\n',
  );
  await connection.waitFor(/^HTTP\/1\.1 200 /); // the test's server upgrades nothing, and answers with its request
  await connection.waitClosed();
  const { headers } = JSON.parse(/\{[^]*\}/.exec(connection.received)?.[0] ?? '{}') as {
    headers: Record<string, string>;
  };
  assert.equal(headers['upgrade'], 'websocket');
  assert.equal(headers['x-call-id'], 'own');
  assert.equal(headers['x-forwarded-host'], 'fn.example');
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
  assert.ok(Number(headers['x-start-time']) > 0);
});
