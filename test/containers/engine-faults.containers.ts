import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { statusOf } from '../support/local-image.ts';
import type { OfGateway } from '../support/of-gateway.ts';
import { call, deploy } from '../support/provider-suite.ts';
import { until } from '../support/wait.ts';
import { podman } from './container.ts';
import { buildEngineImages, IMAGES } from './engine-images.ts';
import { containersOf, EngineService, startOnEngine } from './engine-service.ts';
import { Registry } from './registry.ts';

/** The fate of functions when the gateway, the engine or a registry goes away. */

before(buildEngineImages);

function available(gateway: OfGateway): Promise<number> {
  return statusOf(gateway, 'f').then(({ availableReplicas = 0 }) => availableReplicas);
}

/** HOME of a gateway that is started is its state folder. */
function writeDockerConfig(folder: string, config: string): void {
  mkdirSync(path.join(folder, '.docker'));
  writeFileSync(path.join(folder, '.docker/config.json'), config);
}

async function post(gateway: OfGateway, body: object, method = 'POST') {
  return gateway.api(method, '/system/functions', { body: { service: 'f', image: IMAGES.http, ...body } });
}

test('kill -9 of the gateway: the next one goes on with the containers that serve', async (t) => {
  const engine = await EngineService.start(t);
  const first = await startOnEngine(t, engine);
  await first.api('POST', '/system/secrets', { body: { name: 's', value: 'one' } });
  await deploy(first, { secrets: ['s'] });
  await first.api('POST', '/system/scale-function/f', { body: { replicas: 2 } });
  await until(async () => (await available(first)) === 2, 'both');
  await call(first, '/log?name=before');
  await first.logLine('f', /out before/);
  const containers = await containersOf(first);
  first.kill('SIGKILL');
  await first.exited;
  const [name = ''] = containers;
  const orphan = ['run', '--detach', '--name', 'of-test-orphan', '--rm'];
  const labels = await podman('inspect', '--format', '{{json .Config.Labels}}', name);
  const { 'dev.of-gateway.state': state = '' } = JSON.parse(labels) as Record<string, string>;
  await podman(...orphan, `--label=dev.of-gateway.state=${state}`, `localhost/${IMAGES.plain}`);

  const second = await startOnEngine(t, engine, {}, { folder: first.folder });
  await until(async () => (await available(second)) === 2, 'both again');
  await until(async () => (await containersOf(second)).length === 2, 'the end of the orphan');
  assert.deepEqual((await containersOf(second)).sort(), containers.sort());
  assert.equal(await call(second, '/secret?name=s'), 'one');
  await call(second, '/log?name=after');
  await second.logLine('f', /out after/);
  const { text } = await second.api('GET', '/system/logs?name=f');
  assert.equal(text.match(/out before/g)?.length, 1);
});

test('kill -9 of the engine: what serves goes on, the rest is 503, and it comes back by itself', async (t) => {
  const engine = await EngineService.start(t);
  const gateway = await startOnEngine(t, engine);
  await deploy(gateway);
  await call(gateway);
  const containers = await containersOf(gateway);
  await engine.kill();
  await until(
    async () => (await gateway.request({ path: '/healthz' })).status === 503,
    'the gateway to see it',
  );
  await call(gateway, '/log?name=away');
  const refused = await post(gateway, { service: 'g' });
  assert.equal(refused.status, 503);
  assert.match(refused.text, /container engine at unix:.* does not answer/);
  assert.equal(refused.text.trim().split('\n').length, 1);
  await engine.start();
  await until(async () => (await gateway.request({ path: '/healthz' })).status === 200, 'it to be back');
  await gateway.logLine('f', /out away/);
  assert.equal((await post(gateway, { service: 'g' })).status, 202);
  assert.ok((await containersOf(gateway)).includes(containers[0] ?? ''));
});

test('a container that ended while the engine was away is found out, and another serves', async (t) => {
  const engine = await EngineService.start(t);
  const gateway = await startOnEngine(t, engine);
  await deploy(gateway);
  const before_ = await call(gateway, '/instance');
  await engine.kill();
  await podman('kill', '--signal=KILL', ...(await containersOf(gateway)));
  await engine.start();
  await until(async () => {
    const { status, text } = await gateway.request({ path: '/function/f/instance' });
    return status === 200 && text !== before_;
  }, 'another instance');
});

test('a gateway that starts while the engine is away has its functions once that is there', async (t) => {
  const engine = await EngineService.start(t);
  const first = await startOnEngine(t, engine);
  await deploy(first);
  const instance = await call(first, '/instance');
  first.kill('SIGKILL');
  await first.exited;
  await engine.kill();
  const second = await startOnEngine(t, engine, {}, { folder: first.folder });
  const waiting = call(second, '/instance');
  await until(async () => ((await statusOf(second, 'f')).notes ?? []).length > 0, 'the note');
  await engine.start();
  assert.equal(await waiting, instance);
});

test('an image that cannot be pulled is 400 with the reason, and the version before serves on', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  await deploy(gateway);
  const instance = await call(gateway, '/instance');
  const refused = await post(gateway, { image: '127.0.0.1:1/nobody/there:1' }, 'PUT');
  assert.equal(refused.status, 400);
  assert.match(refused.text, /127\.0\.0\.1:1\/nobody\/there:1 cannot be pulled: .*refused/);
  assert.equal(await call(gateway, '/instance'), instance);
  const never = await startOnEngine(t, await EngineService.start(t), { image_pull_policy: 'Never' });
  const kept = await post(never, { image: 'of-test/none' });
  assert.equal(kept.status, 400);
  assert.match(kept.text, /image_pull_policy=Never/);
});

test('an image is pulled with the login that docker has for its registry, each time with Always', async (t) => {
  const registry = await Registry.start(t, `localhost/${IMAGES.plain}`, 'me:secret');
  const image = `${registry.name}/private:1`;
  t.after(() => podman('rmi', '--ignore', '--force', image));
  const auth = Buffer.from('me:secret').toString('base64');
  const config = JSON.stringify({ auths: { [registry.name]: { auth } } });
  const engine = await EngineService.start(t, registry.name);
  const refused = await post(await startOnEngine(t, engine), { image });
  assert.equal(refused.status, 400);
  assert.match(refused.text, /cannot be pulled: .*(?:unauthorized|authentication required|denied)/i);
  const gateway = await startOnEngine(
    t,
    engine,
    { image_pull_policy: 'Always' },
    { prepare: (folder) => writeDockerConfig(folder, config) },
  );
  await deploy(gateway, { image });
  assert.equal(await call(gateway), 'plain');
  const manifests = () => registry.asked.filter((target) => target.includes('/manifests/')).length;
  const before_ = manifests();
  assert.ok(before_ > 0);
  await deploy(gateway, { image }, 'PUT');
  assert.ok(manifests() > before_);
});

test('names that the engine would misread are refused before it sees them', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  for (const body of [
    { image: 'image?fromImage=x' },
    { image: '../info' },
    { labels: { 'a\nb': '1' } },
    { labels: { 'dev.of-gateway.state': 'x' } },
  ]) {
    const answer = await post(gateway, body);
    assert.equal(answer.status, 400, JSON.stringify(body));
  }
  assert.equal((await gateway.api('GET', '/system/functions')).text, '[]');
});
