import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

const FULL = {
  service: 'full',
  image: 'registry.example/full:1',
  namespace: 'openfaas-fn',
  envProcess: 'cat',
  envVars: { A: 'one two=three' },
  constraints: ['node==a'],
  secrets: ['one', 'two', 'one'],
  labels: { team: 'a' },
  annotations: { topic: 't' },
  limits: { memory: '64Mi', cpu: '500m' },
  requests: { memory: '16Mi' },
  readOnlyRootFilesystem: true,
};

test('PUT of what is not there is 404, POST makes it, POST again is 409, PUT replaces it: the way of faas-cli', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const body = { service: 'f', image: 'x:1' };
  assert.equal((await gateway.api('PUT', '/system/functions', { body })).status, 404);
  const made = await gateway.api('POST', '/system/functions', { body });
  assert.deepEqual([made.status, made.text], [202, '']);
  const again = await gateway.api('POST', '/system/functions', { body });
  assert.equal(again.status, 409);
  assert.match(again.text, /exists/);
  assert.equal(
    (await gateway.api('PUT', '/system/functions', { body: { ...body, image: 'x:2' } })).status,
    202,
  );
  assert.equal(provider.functions.get('f.openfaas-fn')?.deployment['image'], 'x:2');
});

test('all that a deployment says reaches the provider, and comes back', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  assert.equal((await gateway.api('POST', '/system/functions', { body: FULL })).status, 202);
  const status = JSON.parse((await gateway.api('GET', '/system/function/full')).text);
  const { service, labels, ...rest } = FULL;
  for (const [key, value] of Object.entries({ ...rest, name: service, secrets: ['one', 'two'] })) {
    assert.deepEqual(status[key], value, key);
  }
  assert.deepEqual(status.labels, { ...labels, faas_function: 'full' });
});

test('what cannot be is 400 and one line that names it', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  for (const [wrong, names] of [
    [{ service: '' }, /service is required/],
    [{ image: '' }, /image is required/],
    [{ service: 'Upper' }, /service "Upper"/],
    [{ service: 'under_score' }, /service/],
    [{ service: '-a' }, /service/],
    [{ service: `a${'x'.repeat(63)}` }, /service/],
    [{ service: '../x' }, /service/],
    [{ image: 'with space' }, /image/],
    [{ namespace: '../x' }, /namespace/],
    [{ limits: { memory: 'lots' } }, /limits\.memory: "lots"/],
    [{ requests: { cpu: '-1' } }, /requests\.cpu/],
    [{ secrets: ['../x'] }, /secrets: "..\/x"/],
    [{ envVars: { 'a=b': 'c' } }, /envVars/],
    [{ envVars: { a: 'b\0c' } }, /envVars/],
    [{ envVars: { a: 'x'.repeat(131_070) } }, /envVars: "a" is longer than 128 KiB/],
    [{ envProcess: 'x'.repeat(200_000) }, /envProcess is longer than 128 KiB/],
  ] as const) {
    const { status, text } = await gateway.api('POST', '/system/functions', {
      body: { service: 'a', image: 'x', ...wrong },
    });
    assert.equal(status, 400, JSON.stringify(wrong));
    assert.match(text, names);
    assert.match(text, /^[^\n]+\n$/);
  }
  assert.equal(provider.functions.size, 0);
});

test('settings that stand among the wrong ones are told of in the status and the log', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const body = {
    service: 'f',
    image: 'x',
    annotations: { 'com.openfaas.scale.min': '2' },
    labels: {
      'com.openfaas.health.http.path': '/',
      schedule: '@hourly',
      topic: 'cron-function',
      topics: 'a',
    },
  };
  assert.equal((await gateway.api('POST', '/system/functions', { body })).status, 202);
  const { notes } = JSON.parse((await gateway.api('GET', '/system/function/f')).text);
  assert.equal(notes.length, 4);
  assert.match(notes[2], /^schedule is a label and has no effect: make it an annotation/);
  assert.match(notes[3], /^topic is a label/);
  assert.match(notes[0], /com\.openfaas\.scale\.min is an annotation and has no effect: make it a label/);
  await gateway.stderr.waitFor(/Warning: f\.openfaas-fn: com\.openfaas\.health\.http\.path is a label/);
});

test('labels and annotations that cannot be read refuse no deployment, and are told of in the status and the log', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const body = {
    service: 'f',
    image: 'x',
    annotations: { 'com.openfaas.retry.min_wait': 'soon', 'com.openfaas.retry.attempts': '3' },
    labels: { 'com.openfaas.scale.type': 'moon', 'com.openfaas.scale.max': '3' },
  };
  assert.equal((await gateway.api('POST', '/system/functions', { body })).status, 202);
  const { notes } = JSON.parse((await gateway.api('GET', '/system/function/f')).text);
  assert.deepEqual(notes, [
    'the label com.openfaas.scale.type="moon" has no effect: expected rps, capacity, cpu, queue',
    'the annotation com.openfaas.retry.min_wait="soon" has no effect: expected a duration, such as 10s',
  ]);
  await gateway.stderr.waitFor(/Warning: f\.openfaas-fn: the annotation com\.openfaas\.retry\.min_wait/);
});
