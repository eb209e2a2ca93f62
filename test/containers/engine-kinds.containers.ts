import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { findFreePort } from '../../common/free-port.ts';
import { statusOf } from '../support/local-image.ts';
import type { OfGateway } from '../support/of-gateway.ts';
import { deploy } from '../support/provider-suite.ts';
import { until } from '../support/wait.ts';
import { podman } from './container.ts';
import { buildEngineImages, buildStandaloneImage, IMAGES, STANDALONE } from './engine-images.ts';
import { containersOf, EngineService, startOnEngine } from './engine-service.ts';

/** Kinds of images: with watchdogs, without, and misbehaving ones. */

const LONG = 60_000;

before(async () => {
  await buildEngineImages();
  await buildStandaloneImage();
});

async function call(gateway: OfGateway, target = '', body?: string): Promise<string> {
  const options = { deadlineMs: LONG, ...(body !== undefined && { method: 'POST', body }) };
  const { status, text } = await gateway.request({ path: `/function/f${target}`, ...options });
  assert.equal(status, 200, text);
  return text;
}

async function notesOf(gateway: OfGateway): Promise<string> {
  return ((await statusOf(gateway, 'f')).notes ?? []).join('\n');
}

async function inspect(gateway: OfGateway, format: string): Promise<string> {
  const [name = ''] = await containersOf(gateway);
  return podman('inspect', '--format', format, name);
}

test('a watchdog that starts a process per request', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  await deploy(gateway, { image: IMAGES.classic });
  assert.equal(await call(gateway, '', 'some text'), 'SOME TEXT');
  await deploy(gateway, { image: IMAGES.classic, envProcess: 'wc -c' }, 'PUT');
  await until(async () => (await call(gateway, '', 'four')).trim() === '4', 'the other command');
});

test('a watchdog that is one executable, in an image without Node', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  const limits = { memory: '128Mi' };
  await deploy(gateway, { image: STANDALONE, readOnlyRootFilesystem: true, limits });
  assert.equal(await call(gateway, '', 'some text'), 'SOME TEXT');
});

test('a server without a watchdog, which runs as root and has no right for it', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  await deploy(gateway, { image: IMAGES.plain });
  assert.equal(await call(gateway), 'plain');
  assert.equal(await call(gateway, '/user'), '0');
  const [name = ''] = await containersOf(gateway);
  const status = await podman('exec', name, 'sh', '-c', 'grep -E "CapEff|NoNewPrivs" /proc/1/status');
  assert.match(status, /CapEff:\s+0{16}/);
  assert.match(status, /NoNewPrivs:\s+1/);
});

test('all containers run as another user where engine_user says so', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t), { engine_user: '12000' });
  await deploy(gateway, { image: IMAGES.plain });
  assert.equal(await call(gateway, '/user'), '12000');
});

test('a HEALTHCHECK that fails keeps calls away, and the version before serves on', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  await deploy(gateway, { image: IMAGES.checked });
  assert.equal(await call(gateway), 'plain');
  const [first] = await containersOf(gateway);
  await deploy(gateway, { image: IMAGES.checked, envVars: { SICK: '1' } }, 'PUT');
  await until(async () => (await notesOf(gateway)).includes('the one before serves on'), 'the note');
  assert.equal(await call(gateway), 'plain');
  assert.ok((await containersOf(gateway)).includes(first ?? ''));
});

test('a function that needs 20 s to start is waited for', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  await deploy(gateway, { image: IMAGES.plain, envVars: { START_AFTER_MS: '20000' } });
  assert.equal(await call(gateway), 'plain');
});

test('a function that ignores SIGTERM ends all the same', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  await deploy(gateway, { image: IMAGES.plain, envVars: { IGNORE_TERM: '1' } });
  await call(gateway);
  await gateway.api('DELETE', '/system/functions', { body: { functionName: 'f' } });
  await until(async () => (await containersOf(gateway)).length === 0, 'its end', LONG);
});

test('a function that fills its disk hurts nobody, and goes on', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  await deploy(gateway, {
    image: IMAGES.plain,
    readOnlyRootFilesystem: true,
    limits: { memory: '256Mi' },
  });
  assert.equal(await call(gateway, '/tmp'), String(128 << 20));
  assert.equal(await call(gateway, '/fill'), 'ENOSPC');
  assert.equal(await call(gateway), 'plain');
});

test('a function over its memory limit is started again, and its status says why', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  await deploy(gateway, { image: IMAGES.plain, limits: { memory: '64Mi', cpu: '500m' } });
  await call(gateway);
  assert.equal(
    await inspect(gateway, '{{.HostConfig.Memory}} {{.HostConfig.CpuQuota}}'),
    `${64 << 20} 50000`,
  );
  const [first] = await containersOf(gateway);
  void gateway.request({ path: '/function/f/eat' });
  await until(async () => /its limit of 64Mi.* \(OOM\)/.test(await notesOf(gateway)), 'the reason', LONG);
  await until(async () => (await call(gateway)) === 'plain', 'another');
  assert.ok(!(await containersOf(gateway)).includes(first ?? ''));
});

test('what an engine cannot do is kept, shown and told of; usage is measured', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t), { engine_profiles: 'light=runc' });
  const annotations = { 'com.openfaas.profile': 'light,unknown' };
  await deploy(gateway, { image: IMAGES.plain, constraints: ['zone=a'], annotations });
  await call(gateway);
  const notes = await notesOf(gateway);
  assert.match(notes, /constraints have no effect/);
  assert.match(notes, /profile "unknown" has no effect/);
  const { usage } = await statusOf(gateway, 'f');
  assert.ok((usage?.totalMemoryBytes ?? 0) > 1 << 20, JSON.stringify(usage));
});

test('a function reaches no more of its secrets than it names, and cannot change them', async (t) => {
  const gateway = await startOnEngine(t, await EngineService.start(t));
  for (const name of ['mine', 'other'])
    await gateway.api('POST', '/system/secrets', { body: { name, value: name } });
  await deploy(gateway, { image: IMAGES.plain, secrets: ['mine'] });
  await call(gateway);
  const [name = ''] = await containersOf(gateway);
  assert.equal(
    await podman('exec', name, 'ls', '-l', '/var/openfaas/secrets').then(modeAndName),
    '-r--r--r-- mine',
  );
  const written = await podman(
    'exec',
    name,
    'sh',
    '-c',
    'echo x > /var/openfaas/secrets/mine || echo refused',
  );
  assert.equal(written, 'refused');
  await gateway.api('PUT', '/system/secrets', { body: { name: 'mine', value: 'new' } });
  assert.equal(await podman('exec', name, 'cat', '/var/openfaas/secrets/mine'), 'new');
});

test('an engine that is reached over tcp gets secrets by its API, and keeps none of them', async (t) => {
  const engine = await EngineService.start(t, undefined, await findFreePort());
  const gateway = await startOnEngine(t, engine);
  await gateway.api('POST', '/system/secrets', { body: { name: 'mine', value: 'sent' } });
  const volumes = await podman('volume', 'ls', '--quiet');
  await deploy(gateway, { secrets: ['mine'], readOnlyRootFilesystem: true });
  assert.equal(await call(gateway, '/secret?name=mine'), 'sent');
  const [name = ''] = await containersOf(gateway);
  const inside = (...command: string[]) => podman('exec', name, ...command);
  assert.equal(await inside('ls', '-l', '/var/openfaas/secrets').then(modeAndName), '-r--r--r-- mine');
  assert.equal(await inside('sh', '-c', 'echo x > /var/openfaas/secrets/more || echo refused'), 'refused');
  assert.match(await podman('port', name), /^8080\/tcp -> 127\.0\.0\.1:\d+$/);
  gateway.kill('SIGTERM');
  await gateway.exited;
  assert.equal(await podman('volume', 'ls', '--quiet'), volumes);
});

function modeAndName(listing: string): string {
  const fields = (listing.split('\n')[1] ?? '').split(/\s+/);
  return `${fields[0] ?? ''} ${fields.at(-1) ?? ''}`;
}
