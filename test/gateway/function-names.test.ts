import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

test('the last dot parts name and namespace, in calls as in the API', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  provider.namespaces.set('dev', { name: 'dev' });
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'default' } });
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'dev', namespace: 'dev' } });
  for (const [path, image] of [
    ['f', 'default'],
    ['f.openfaas-fn', 'default'],
    ['f.dev', 'dev'],
    ['f?namespace=dev', 'dev'],
  ] as const) {
    assert.equal(JSON.parse((await gateway.api('GET', `/system/function/${path}`)).text).image, image);
  }
  for (const [path, target] of [
    ['/function/f', '/function/f.openfaas-fn/'],
    ['/function/f.dev?a=1', '/function/f.dev/?a=1'],
    ['/function/f.dev/a%2Fb/../c//d', '/function/f.dev/c//d'],
    ['/function/f.dev/a%2Fb%3F//c%25?%zz&a/../b', '/function/f.dev/a%2Fb%3F//c%25?%zz&a/../b'],
    ['/function/f.dev/../../system/functions', '/function/f.dev/system/functions'],
    ['/function/f.dev/a/%2E%2e/.%2e/./b/..', '/function/f.dev/'],
    ['/function/f.dev/.hidden/...', '/function/f.dev/.hidden/...'],
  ] as const) {
    assert.equal(JSON.parse((await gateway.request({ path })).text).url, target);
  }
  assert.equal((await gateway.request({ path: '/function/f.other' })).status, 404);
  assert.equal((await gateway.request({ path: '/function/a.f.dev' })).status, 404);
  assert.equal((await gateway.request({ path: '/function/...' })).status, 404);
});
