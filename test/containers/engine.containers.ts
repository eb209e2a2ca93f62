import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { makeLocalImage } from '../support/local-image.ts';
import { call, deploy, providerSuite } from '../support/provider-suite.ts';
import { until } from '../support/wait.ts';
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

test('auto runs local images as processes beside containers, and they call each other', async (t) => {
  const engine = await EngineService.start(t);
  const prepare = (folder: string) => makeLocalImage(folder, 'local');
  const gateway = await startOnEngine(t, engine, { provider: 'auto' }, { prepare });
  await deploy(gateway, { service: 'p', image: 'local' });
  await deploy(gateway, { service: 'c' });
  assert.equal((await containersOf(gateway)).length, 1);
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
