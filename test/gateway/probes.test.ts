import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { deploy, makeServerImage, statusOf } from '../support/local-image.ts';
import { startGateway, type OfGateway } from '../support/of-gateway.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { until } from '../support/wait.ts';

/** The annotations com.openfaas.health.* and com.openfaas.ready.*. */

const HEALTH = 'com.openfaas.health.';
const READY = 'com.openfaas.ready.';
const PATHS = { [`${HEALTH}http.path`]: '/probed/health', [`${READY}http.path`]: '/probed/ready' };

async function start(t: TestContext, annotations: Readonly<Record<string, string>>): Promise<OfGateway> {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await deploy(gateway, { service: 'fn', annotations });
  await gateway.request({ path: '/function/fn/process' });
  return gateway;
}

/** Has the next probes of a kind answered with 503. */
async function fail(gateway: OfGateway, name: string, times: number): Promise<void> {
  await gateway.request({ path: `/function/fn/probe?name=${name}&status=503&times=${times}` });
}

/** @returns how many probes of a kind went well, since the last failures that were asked for */
async function wellProbes(gateway: OfGateway, name: string): Promise<number> {
  const { text } = await gateway.request({ path: '/function/fn/probes' });
  return (JSON.parse(text) as Record<string, { ok: number }>)[name]?.ok ?? 0;
}

const process = async (gateway: OfGateway): Promise<string> =>
  (await gateway.request({ path: '/function/fn/process' })).text;

test('an instance whose health fails failureThreshold times in its period is replaced', async (t) => {
  const gateway = await start(t, {
    ...PATHS,
    [`${HEALTH}periodSeconds`]: '100ms',
    [`${HEALTH}failureThreshold`]: '2',
  });
  const first = await process(gateway);
  await fail(gateway, 'health', 2);
  await until(async () => (await process(gateway)) !== first, 'another process');
  await gateway.logLine('fn', /its probe \/probed\/health failed 2 times in a row/);
});

test('health is asked for in its own period, however often readiness is', async (t) => {
  const gateway = await start(t, {
    ...PATHS,
    [`${HEALTH}periodSeconds`]: '60',
    [`${READY}periodSeconds`]: '100ms',
  });
  const first = await process(gateway);
  await fail(gateway, 'health', 100);
  await until(async () => (await wellProbes(gateway, 'ready')) > 10, 'ten probes of readiness');
  assert.equal(await process(gateway), first);
});

test('an instance is ready again after successThreshold probes that went well', async (t) => {
  const gateway = await start(t, {
    ...PATHS,
    [`${READY}periodSeconds`]: '100ms',
    [`${READY}failureThreshold`]: '1',
    [`${READY}successThreshold`]: '10',
  });
  await fail(gateway, 'ready', 3);
  await until(async () => !(await statusOf(gateway, 'fn')).availableReplicas, 'no ready instance');
  await until(async () => (await statusOf(gateway, 'fn')).availableReplicas === 1, 'a ready instance');
  const well = await wellProbes(gateway, 'ready');
  assert.ok(well >= 10, `${well} probes`);
});

test('annotations that cannot be read are told of, and those of Kubernetes hold', async (t) => {
  const gateway = await start(t, {
    [`${HEALTH}http.path`]: 'no-path',
    [`${HEALTH}periodSeconds`]: 'often',
    [`${READY}failureThreshold`]: '0',
    [`${READY}successThreshold`]: '1.5',
    [`${READY}timeoutSeconds`]: '5',
  });
  const { notes } = await statusOf(gateway, 'fn');
  assert.deepEqual(notes, [
    'the annotation com.openfaas.health.http.path="no-path" has no effect: expected a path, from its / on',
    'the annotation com.openfaas.health.periodSeconds="often" has no effect: expected seconds or a duration',
    'the annotation com.openfaas.ready.failureThreshold="0" has no effect: expected a whole number from 1',
    'the annotation com.openfaas.ready.successThreshold="1.5" has no effect: expected a whole number from 1',
  ]);
});
