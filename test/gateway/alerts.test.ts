import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

test('an alert adds replicas up to the maximum, and its end brings back the minimum', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const labels = {
    'com.openfaas.scale.min': '2',
    'com.openfaas.scale.max': '9',
    'com.openfaas.scale.factor': '50',
  };
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x', labels } });
  const alert = async (status: string, name = 'f.openfaas-fn'): Promise<number> => {
    const body = {
      status,
      receiver: 'scale-up',
      alerts: [{ status, labels: { alertname: 'a', function_name: name } }],
    };
    assert.equal((await gateway.api('POST', '/system/alert', { body })).status, 200);
    return provider.functions.get('f.openfaas-fn')?.replicas ?? -1;
  };
  assert.equal(await alert('firing'), 6);
  assert.equal(await alert('firing'), 9);
  assert.equal(await alert('firing'), 9);
  assert.equal(await alert('firing', 'unknown.openfaas-fn'), 9);
  assert.equal(await alert('resolved'), 2);
});

test('no alerts are 200, what is no alert is 400, an alert that cannot be obeyed is 500', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  assert.equal(
    (await gateway.api('POST', '/system/alert', { body: { status: 'firing', alerts: [] } })).status,
    200,
  );
  assert.equal((await gateway.api('POST', '/system/alert', { body: 'x' })).status, 400);
  provider.override = ({ url }, response) => {
    if (!url.startsWith('/system/scale-function/')) return false;
    response.writeHead(500).end('no room');
    return true;
  };
  const body = { alerts: [{ status: 'firing', labels: { function_name: 'f.openfaas-fn' } }] };
  const { status, text } = await gateway.api('POST', '/system/alert', { body });
  assert.equal(status, 500);
  assert.match(text, /no room/);
});
