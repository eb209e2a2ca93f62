import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

test('a body over the limit is 413, whether its length is told or not, and the gateway lives on', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const body = Buffer.alloc(5 << 20, ' ');
  assert.equal((await gateway.api('POST', '/system/functions', { body })).status, 413);
  const answer = await gateway.request({
    method: 'POST',
    path: '/system/functions',
    headers: { authorization: gateway.login ?? '', 'transfer-encoding': 'chunked' },
    body: (request) => {
      request.on('error', () => undefined);
      request.end(body);
    },
  });
  assert.equal(answer.status, 413);
  assert.match(answer.text, /larger than 4194304 bytes/);
  assert.equal((await gateway.api('GET', '/system/functions')).status, 200);
});

test('a body is not asked for (100-continue) before the login is right', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  for (const login of [undefined, gateway.login]) {
    const connection = await gateway.connect();
    const body = '{"service":"expecting","image":"x"}';
    const authorization = login === undefined ? '' : `Authorization: ${login}\r\n`;
    connection.send(
      `POST /system/functions HTTP/1.1\r\nHost: x\r\n${authorization}Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    if (login === undefined) {
      await connection.waitFor(/^HTTP\/1\.1 401 /);
      continue;
    }
    await connection.waitFor(/^HTTP\/1\.1 100 /);
    connection.send(body);
    await connection.waitFor(/HTTP\/1\.1 202 /);
  }
  assert.ok(provider.functions.has('expecting.openfaas-fn'));
});

test('headers over 1 MiB are 431', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const { status } = await gateway.request({
    path: '/healthz',
    headers: { 'x-huge': 'v'.repeat(1_200_000) },
  });
  assert.equal(status, 431);
  assert.equal((await gateway.api('GET', '/healthz')).status, 200);
});
