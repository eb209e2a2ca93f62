import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrashWorld, hold, idsOf, succeed } from '../support/crash-world.ts';
import { parseMetrics } from '../support/metrics.ts';
import { until } from '../support/wait.ts';

test('metrics tell of queued calls by queue and function', async (t) => {
  const world = await CrashWorld.make(t, { async_max_inflight: '2' });
  world.onRun = hold;
  await world.submit(idsOf('call', 5));
  await until(() => world.runs.size === 2, 'two calls to run');
  const labels = '{queue_name="faas-request",function_name="fn.openfaas-fn"}';
  const worker = '{queue_name="faas-request",kubernetes_pod_name="of-gateway"}';
  const busy = parseMetrics((await world.gateway.metrics()).text);
  assert.equal(busy.get(`queue_worker_pending_messages${labels}`), 3);
  assert.equal(busy.get(`queue_worker_function_invocation_inflight${labels}`), 2);
  assert.equal(busy.get(`queue_worker_messages_submitted_total${worker}`), 5);
  assert.equal(busy.get(`queue_worker_messages_processed_total${worker}`), 0);
  world.onRun = succeed;
  for (const id of idsOf('call', 5).filter((one) => world.runs.has(one)))
    await world.gateway.request({ method: 'DELETE', path: `/async-function/${id}` });
  await world.untilAll('done', 3);
  const idle = parseMetrics((await world.gateway.metrics()).text);
  assert.equal(idle.get(`queue_worker_messages_processed_total${worker}`), 5);
  assert.equal(idle.get(`queue_worker_pending_messages${labels}`), undefined, 'as there is nothing');
});

test('metrics tell of the load that a replica is to carry, where labels ask for scaling', async (t) => {
  const { gateway } = await CrashWorld.make(t);
  const labels = { 'com.openfaas.scale.type': 'capacity', 'com.openfaas.scale.target': '7' };
  await gateway.api('POST', '/system/functions', { body: { service: 'scaled', image: 'x', labels } });
  const { text } = await gateway.metrics();
  const series = text.split('\n').filter((line) => line.startsWith('gateway_service_target_load{'));
  assert.deepEqual(series, [
    'gateway_service_target_load{function_name="scaled.openfaas-fn",scaling_type="capacity"} 7',
  ]);
});
