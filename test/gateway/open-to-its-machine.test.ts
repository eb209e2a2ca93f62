import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider, type OfGateway } from '../support/of-gateway.ts';

async function statusOf(gateway: OfGateway, path: string, headers: Record<string, string>, method = 'GET') {
  return (await gateway.request({ method, path, headers })).status;
}

test('with basic_auth=false nobody logs in, by any name of this machine', async (t) => {
  const { gateway } = await startBeforeProvider(t, { basic_auth: 'false', allowed_hosts: 'dev.example' });
  for (const host of [
    'localhost:1',
    '127.0.0.1',
    '[::1]:8080',
    'api.localhost',
    '192.168.1.7:80',
    'gateway.openfaas:8080',
    'gateway.openfaas.svc.cluster.local:8080',
    'dev.example',
  ]) {
    assert.equal(await statusOf(gateway, '/system/functions', { host }), 200, host);
  }
});

test('a page whose name was made to lead here (DNS rebinding) gets nothing', async (t) => {
  const { gateway } = await startBeforeProvider(t, { basic_auth: 'false' });
  for (const path of ['/system/functions', '/ui/', '/function/echo']) {
    for (const host of ['evil.example:8080', 'localhost.evil.example', '127.0.0.1.evil.example']) {
      assert.equal(await statusOf(gateway, path, { host }), 403, `${path} of ${host}`);
    }
  }
});

test('a web page of another origin gets nothing, and has nothing done', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t, { basic_auth: 'false' });
  const before = provider.changes;
  for (const path of ['/system/functions', '/function/echo']) {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: `http://127.0.0.1.evil.example:${gateway.port}` },
    ] as Record<string, string>[]) {
      assert.equal(await statusOf(gateway, path, headers, 'POST'), 403, `${path} ${JSON.stringify(headers)}`);
    }
  }
  assert.equal(
    await statusOf(gateway, '/system/functions', { origin: 'http://localhost:3000' }, 'POST'),
    403,
  );
  assert.equal(provider.changes, before);
});

test('its own page, a link to it, and a page on this machine that calls functions work', async (t) => {
  const { gateway } = await startBeforeProvider(t, {
    basic_auth: 'false',
    allowed_origins: 'https://mine.example',
  });
  await gateway.api('POST', '/system/functions', { body: { service: 'echo', image: 'x' } });
  const own = `http://127.0.0.1:${gateway.port}`;
  assert.equal(
    await statusOf(gateway, '/system/functions', { origin: own, 'sec-fetch-site': 'same-origin' }),
    200,
  );
  assert.equal(await statusOf(gateway, '/system/functions', { origin: 'https://mine.example' }), 200);
  assert.equal(
    await statusOf(gateway, '/ui/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }),
    200,
  );
  assert.equal(
    await statusOf(gateway, '/ui/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' }),
    403,
  );
  assert.equal(await statusOf(gateway, '/function/echo', { origin: 'http://localhost:3000' }, 'POST'), 200);
});

test('a web page opens no WebSocket to a function', async (t) => {
  const { gateway } = await startBeforeProvider(t, { basic_auth: 'false' });
  const connection = await gateway.connect();
  connection.send(
    'GET /function/echo HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
  await connection.waitFor(/^HTTP\/1\.1 403 /);
});
