import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

test('keys in any case, unknown ones, null and duplicates are read as Go reads them', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const body = `{"SERVICE":"first","service":"go-rules","Service":null,"Image":"x:1","ENVPROCESS":null,"labels":null,"envVars":{"Key":"v","none":null},
    "network":"func_functions","registryAuth":"x","nonsense":{"a":[1]},"constraints":[],"__proto__":{"image":"y"},"limits":{"memory":""}}`;
  assert.equal((await gateway.api('POST', '/system/functions', { body })).status, 202);
  const { deployment } = provider.functions.get('go-rules.openfaas-fn') ?? {};
  assert.equal(deployment?.['image'], 'x:1');
  assert.deepEqual(deployment?.['envVars'], { Key: 'v', none: '' });
  assert.deepEqual(deployment?.['labels'], {});
  assert.equal(deployment?.['limits'], undefined);
});

test('limits and requests have fields of their own: in any case, and unknown ones are ignored', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const body = `{"service":"f","image":"x:1","Limits":{"Memory":"64Mi","CPU":"500m","pods":5,"other":"x"},
    "requests":{"MEMORY":"16Mi","cpu":null}}`;
  assert.equal((await gateway.api('POST', '/system/functions', { body })).status, 202);
  const { deployment } = provider.functions.get('f.openfaas-fn') ?? {};
  assert.deepEqual(deployment?.['limits'], { memory: '64Mi', cpu: '500m' });
  assert.deepEqual(deployment?.['requests'], { memory: '16Mi' });
  const status = JSON.parse((await gateway.api('GET', '/system/function/f')).text);
  assert.deepEqual([status.limits, status.requests], [deployment['limits'], deployment['requests']]);
});

test('a value of another type is 400 and one line that names the field, and tells nothing of its text', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  for (const [field, body] of [
    ['service', { service: 5, image: 'x' }],
    ['image', { service: 'a', image: { secret: 'hunter2' } }],
    ['envVars.A', { service: 'a', image: 'x', envVars: { A: true } }],
    ['labels', { service: 'a', image: 'x', labels: 'hunter2' }],
    ['secrets[1]', { service: 'a', image: 'x', secrets: ['b', 7] }],
    ['limits', { service: 'a', image: 'x', limits: [] }],
    ['readOnlyRootFilesystem', { service: 'a', image: 'x', readOnlyRootFilesystem: 'yes' }],
  ] as const) {
    const { status, text } = await gateway.api('POST', '/system/functions', { body });
    assert.equal(status, 400, field);
    assert.ok(text.startsWith(`${field} must be `), text);
    assert.match(text, /^[^\n]+\n$/);
    assert.ok(!text.includes('hunter2'), text);
  }
});

test('what is not JSON is 400 with one line', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const good = '{"service":"a","image":"x"}';
  for (const body of [
    '',
    'hello',
    '{"service":',
    `${good} trailing`,
    `${good}${good}`,
    `\ufeff${good}`,
    '[]',
    '"text"',
    '5',
    `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  ]) {
    const { status, text } = await gateway.api('POST', '/system/functions', { body });
    assert.equal(status, 400, body.slice(0, 40));
    assert.match(text, /^the body [^\n]+\n$/);
  }
  assert.match(
    (await gateway.api('POST', '/system/functions', { body: 'null' })).text,
    /service is required/,
  );
});
