import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

test('DELETE removes a function from list, status and counts', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  await gateway.request({ path: '/function/f' });
  const { status, text } = await gateway.api('DELETE', '/system/functions', { body: { functionName: 'f' } });
  assert.deepEqual([status, text], [202, '']);
  assert.equal(provider.functions.size, 0);
  assert.equal((await gateway.api('GET', '/system/function/f')).status, 404);
  assert.ok(!(await gateway.metrics()).text.includes('f.openfaas-fn'));
});

test('what is not there is 404 with a text, no name 400, the namespace is in the body or the query', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  provider.namespaces.set('other', { name: 'other' });
  for (const service of ['a', 'b', 'c']) {
    await gateway.api('POST', '/system/functions', { body: { service, image: 'x', namespace: 'other' } });
  }
  const none = await gateway.api('DELETE', '/system/functions', { body: { functionName: 'a' } });
  assert.equal(none.status, 404);
  assert.match(none.text, /a\.openfaas-fn/);
  assert.equal((await gateway.api('DELETE', '/system/functions', { body: {} })).status, 400);
  assert.equal((await gateway.api('DELETE', '/system/functions', { body: '{' })).status, 400);
  for (const [query, body] of [
    ['', { functionName: 'a', namespace: 'other' }],
    ['?namespace=other', { functionName: 'b' }],
    ['', { functionName: 'c.other' }],
  ] as const) {
    assert.equal((await gateway.api('DELETE', `/system/functions${query}`, { body })).status, 202);
  }
  assert.equal(provider.functions.size, 0);
});
