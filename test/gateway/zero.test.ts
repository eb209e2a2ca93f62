import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploy, makeServerImage, statusOf } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { until, within } from '../support/wait.ts';

const ZERO = { 'com.openfaas.scale.zero': 'true', 'com.openfaas.scale.zero-duration': '300ms' };

test('100 calls at a function at zero are one start and 100 answers', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await deploy(gateway, { service: 'fn' });
  await gateway.api('POST', '/system/scale-function/fn', { body: { replicas: 0 } });
  await until(async () => !(await statusOf(gateway, 'fn')).availableReplicas, 'zero');
  const calls = Array.from({ length: 100 }, () => gateway.request({ path: '/function/fn/process' }));
  const answers = await Promise.all(calls);
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  assert.equal((await statusOf(gateway, 'fn')).replicas, 1);
});

test('a function without calls goes to zero, and not while one is in flight', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, { scale_interval: '100ms' }, { folder });
  await deploy(gateway, { service: 'fn', labels: ZERO });
  const long = gateway.request({ path: '/function/fn/wait?ms=1500&key=long' });
  assert.equal((await long).text, 'waited');
  await until(async () => !(await statusOf(gateway, 'fn')).replicas, 'zero');
  assert.equal((await gateway.request({ path: '/function/fn/process' })).status, 200);
});

test('a call that waits for a start is served though the function is set to zero meanwhile', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await deploy(gateway, { service: 'fn' });
  const toZero = () => gateway.api('POST', '/system/scale-function/fn', { body: { replicas: 0 } });
  await toZero();
  await until(async () => !(await statusOf(gateway, 'fn')).availableReplicas, 'zero');
  const waiting = gateway.request({ path: '/function/fn/process' });
  await until(async () => (await statusOf(gateway, 'fn')).replicas === 1, 'the call to wake it');
  await toZero();
  assert.equal((await within(waiting, 'the call to be answered')).status, 200);
});

test('calls that come as it goes to zero are all answered', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, { scale_interval: '50ms' }, { folder });
  const labels = { ...ZERO, 'com.openfaas.scale.zero-duration': '100ms' };
  await deploy(gateway, { service: 'fn', labels });
  const failed: string[] = [];
  for (let count = 0; count < 12; count += 1) {
    // the pauses go from below the time to above it, so that some calls meet the decision
    await new Promise((resolve) => setTimeout(resolve, 60 + 20 * count));
    const { status, text } = await gateway.request({ path: '/function/fn/process' });
    if (status !== 200) failed.push(`${status} ${text}`);
  }
  assert.deepEqual(failed, []);
});

test('replicas follow the calls in flight where labels ask for it', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, { scale_interval: '100ms', scale_window: '300ms' }, { folder });
  const labels = {
    'com.openfaas.scale.type': 'capacity',
    'com.openfaas.scale.target': '2',
    'com.openfaas.scale.target-proportion': '1',
    'com.openfaas.scale.max': '3',
  };
  await deploy(gateway, { service: 'fn', labels });
  const calls = Array.from({ length: 10 }, () =>
    gateway.request({ path: '/function/fn/wait?ms=2500&key=load' }),
  );
  await until(async () => (await statusOf(gateway, 'fn')).replicas === 3, 'three replicas');
  assert.ok((await Promise.all(calls)).every(({ text }) => text === 'waited'));
  await until(async () => (await statusOf(gateway, 'fn')).replicas === 1, 'one replica again');
});

for (const scale_from_zero of ['true', 'false']) {
  test(`scale_from_zero=${scale_from_zero}: a call of a function or a namespace that is not there is 404`, async (t) => {
    const gateway = await startGateway(t, { scale_from_zero });
    for (const name of ['none', 'none.openfaas-fn', 'none.nowhere']) {
      const { status, text } = await gateway.request({ path: `/function/${name}` });
      assert.equal(status, 404, name);
      assert.match(text, /no function none\.\S+ is deployed/);
    }
  });
}
