import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { makeLocalImage, statusOf } from '../support/local-image.ts';
import { call, deploy, providerSuite } from '../support/provider-suite.ts';
import { until } from '../support/wait.ts';
import { podman } from './container.ts';
import { buildEngineImages, IMAGES } from './engine-images.ts';
import { containersOf, EngineService, networksOf, startOnEngine } from './engine-service.ts';

before(buildEngineImages);

providerSuite('engine', async (t) => startOnEngine(t, await EngineService.start(t)));

test('containers and networks end with the gateway', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  await deploy(gateway);
  await call(gateway);
  assert.equal((await containersOf(gateway)).length, 1);
  gateway.kill('SIGTERM');
  assert.equal(await gateway.exited, 0);
  assert.deepEqual([await containersOf(gateway), await networksOf(gateway)], [[], []]);
});

test('a function in a container finds the gateway by the name that it has in a cluster', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  await deploy(gateway);
  for (const host of ['gateway.openfaas:8080', 'gateway.openfaas.svc.cluster.local:8080']) {
    const url = encodeURIComponent(`http://${host}/function/f/variable?name=OPENFAAS_NAME`);
    assert.equal(await call(gateway, `/call?url=${url}`), 'f');
  }
});

test('containers that cannot be reached at their addresses are, at ports of loopback', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t), { engine_reach: 'port' });
  await deploy(gateway);
  assert.equal(await call(gateway, '/variable?name=OPENFAAS_NAME'), 'f');
  const [name = ''] = await containersOf(gateway);
  assert.match(await podman('port', name), /^8080\/tcp -> 127\.0\.0\.1:\d+$/);
});

test('no call fails while a function is replaced, scaled, and goes to zero and back, under load', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  await deploy(gateway, { envVars: { WORD: '0' } });
  await call(gateway);
  const load = { isDone: false, calls: 0 };
  const clients = Promise.all(
    Array.from({ length: 8 }, async () => {
      while (!load.isDone) {
        await call(gateway, '/slow?ms=20');
        load.calls += 1;
      }
    }),
  );
  const scale = (replicas: number) => gateway.api('POST', '/system/scale-function/f', { body: { replicas } });
  for (const round of ['1', '2', '3']) {
    await deploy(gateway, { envVars: { WORD: round } }, 'PUT');
    await until(
      async () => (await call(gateway, '/variable?name=WORD')) === round,
      'the new version',
      30_000,
    );
    await scale(3);
    await until(async () => (await statusOf(gateway, 'f')).availableReplicas === 3, 'three', 30_000);
    await scale(0);
    await call(gateway);
    await scale(1);
  }
  load.isDone = true;
  await clients;
  assert.ok(load.calls > 50, String(load.calls));
});

test('auto runs local images as processes beside containers, and they call each other', async (t) => {
  const engine = await EngineService.start(t);
  const prepare = (folder: string) => makeLocalImage(folder, 'local');
  const gateway = await startOnEngine(t, engine, { provider: 'auto' }, { prepare });
  await deploy(gateway, { service: 'p', image: 'local' });
  await deploy(gateway, { service: 'c' });
  await until(async () => (await containersOf(gateway)).length === 1, 'its container');
  const through = async (from: string, to: string) => {
    const url = encodeURIComponent(`http://gateway.openfaas:8080/function/${to}/variable?name=OPENFAAS_NAME`);
    return (await gateway.request({ path: `/function/${from}/call?url=${url}` })).text;
  };
  assert.equal(await through('p', 'c'), 'c');
  assert.equal(await through('c', 'p'), 'p');
  // the same function, now of an image that is the engine's
  await deploy(gateway, { service: 'p', image: IMAGES.http }, 'PUT');
  await until(async () => (await containersOf(gateway)).length === 2, 'the second container');
});
