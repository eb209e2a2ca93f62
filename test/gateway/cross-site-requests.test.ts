import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

test('a login that a browser sends by itself does not let web pages of others in', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const before = provider.changes;
  const body = JSON.stringify({ service: 'x', image: 'x' });
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ] as Record<string, string>[]) {
    assert.equal((await gateway.api('POST', '/system/functions', { body, headers })).status, 403);
  }
  assert.equal(provider.changes, before);
});

test('its own page may, behind a proxy too, and functions are open to all', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const behindProxy = {
    origin: 'https://faas.example',
    host: 'inner:8080',
    'x-forwarded-host': 'faas.example',
  };
  for (const headers of [{ origin: gateway.url }, behindProxy, { host: 'any.example' }] as Record<
    string,
    string
  >[]) {
    assert.equal(
      (await gateway.api('GET', '/system/functions', { headers })).status,
      200,
      JSON.stringify(headers),
    );
  }
  await gateway.api('POST', '/system/functions', { body: { service: 'echo', image: 'x' } });
  const call = await gateway.request({ path: '/function/echo', headers: { origin: 'https://shop.example' } });
  assert.equal(call.status, 200);
});
