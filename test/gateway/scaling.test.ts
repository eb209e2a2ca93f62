import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

test('the name in the path decides, whatever the body names', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  for (const [body, replicas] of [
    [{ replicas: 2 }, 2],
    [{ serviceName: 'other', replicas: 3 }, 3],
    [{ service: 'other', Replicas: 0 }, 0],
  ] as const) {
    assert.equal((await gateway.api('POST', '/system/scale-function/f', { body })).status, 202);
    assert.equal(provider.functions.get('f.openfaas-fn')?.replicas, replicas);
  }
});

test('an unknown function is 404 and named, a number that is none 400', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const none = await gateway.api('POST', '/system/scale-function/none', { body: { replicas: 1 } });
  assert.equal(none.status, 404);
  assert.match(none.text, /none/);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  for (const body of [
    'nope',
    {},
    { replicas: -1 },
    { replicas: 1.5 },
    { replicas: '1' },
    { replicas: 1001 },
    { replicas: 1e300 },
  ]) {
    const { status, text } = await gateway.api('POST', '/system/scale-function/f', { body });
    assert.equal(status, 400, JSON.stringify(body));
    assert.match(text, /replicas|JSON/);
  }
  assert.equal(provider.functions.get('f.openfaas-fn')?.replicas, 1);
});

test('a namespace is read from the last dot of the name, the body or the query', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  provider.namespaces.set('other', { name: 'other' });
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x', namespace: 'other' } });
  for (const [path, body] of [
    ['f.other', { replicas: 2 }],
    ['f?namespace=other', { replicas: 3 }],
    ['f', { replicas: 4, namespace: 'other' }],
  ] as const) {
    assert.equal((await gateway.api('POST', `/system/scale-function/${path}`, { body })).status, 202);
    assert.equal(provider.functions.get('f.other')?.replicas, body.replicas);
  }
});
