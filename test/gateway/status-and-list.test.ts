import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

test('numbers that are 0 and texts that are empty are left out; labels and annotations never are', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'bare', image: 'x' } });
  const known = provider.functions.get('bare.openfaas-fn');
  Object.assign(known ?? {}, { replicas: 0, available: 0 });
  const { headers, text } = await gateway.api('GET', '/system/function/bare');
  assert.match(headers['content-type'] ?? '', /^application\/json/);
  const { createdAt, ...rest } = JSON.parse(text);
  assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
  assert.deepEqual(rest, {
    name: 'bare',
    image: 'x',
    namespace: 'openfaas-fn',
    labels: { faas_function: 'bare' },
    annotations: {},
  });
});

test('what instances use is told where usage=1 asks for it', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  assert.equal(JSON.parse((await gateway.api('GET', '/system/function/f')).text).usage, undefined);
  const { usage } = JSON.parse((await gateway.api('GET', '/system/function/f?usage=1')).text);
  assert.deepEqual(usage, { cpu: 12, totalMemoryBytes: 345 });
});

test('an empty list is [], one of a namespace that is not there 400, a function that is not there 404', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  assert.equal((await gateway.api('GET', '/system/functions')).text, '[]');
  for (const namespace of ['none', '../x', 'UPPER']) {
    assert.equal(
      (await gateway.api('GET', `/system/functions?namespace=${namespace}`)).status,
      400,
      namespace,
    );
  }
  const { status, text } = await gateway.api('GET', '/system/function/none');
  assert.equal(status, 404);
  assert.match(text, /none/);
});

test('the list counts calls at once, and the status of one function does not', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  const count = async () =>
    JSON.parse((await gateway.api('GET', '/system/functions')).text)[0].invocationCount;
  assert.equal(await count(), undefined);
  await gateway.request({ path: '/function/f' });
  await gateway.request({ path: '/function/f.openfaas-fn/deep?a=1' });
  assert.equal(await count(), 2);
  assert.equal(JSON.parse((await gateway.api('GET', '/system/function/f')).text).invocationCount, undefined);
});
