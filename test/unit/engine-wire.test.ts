import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { readImageReference } from '../../gateway/providers/engine/client/image-reference.ts';
import { outputFrames } from '../../gateway/providers/engine/client/output-frames.ts';
import { packArchive } from '../../gateway/providers/engine/client/tar.ts';
import { containerHealth, containerReadiness } from '../../gateway/providers/engine/container-probes.ts';
import { containerSpec } from '../../gateway/providers/engine/container-spec.ts';
import { Roster } from '../../gateway/providers/engine/roster.ts';
import { makeFolder } from '../support/folder.ts';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('output comes in frames, however the bytes are cut', async () => {
  const frame = (kind: number, text: string) => {
    const head = Buffer.from([kind, 0, 0, 0, 0, 0, 0, text.length]);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const bytes = Buffer.concat([frame(1, 'out\n'), frame(2, ''), frame(2, 'error\n')]);
  for (const size of [1, 3, 8, 100]) {
    const seen: string[] = [];
    for await (const { from, bytes: part } of outputFrames(pieces(bytes, size)))
      seen.push(`${from}:${part.toString()}`);
    assert.deepEqual(seen, ['stdout:out\n', 'stderr:', 'stderr:error\n']);
  }
  await assert.rejects(async () => {
    for await (const _ of outputFrames(pieces(Buffer.from('no frames at all'), 4)));
  }, /no frames/);
});

test('names of images are taken apart as registries take them', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const parts = (name: string) => Object.values(readImageReference(name) ?? {});
  assert.deepEqual(parts('figlet'), ['docker.io', 'figlet', 'latest']);
  assert.deepEqual(parts('functions/figlet:1.0'), ['docker.io', 'functions/figlet', '1.0']);
  assert.deepEqual(parts('ghcr.io/a/b'), ['ghcr.io', 'ghcr.io/a/b', 'latest']);
  assert.deepEqual(parts('localhost:5000/a:b'), ['localhost:5000', 'localhost:5000/a', 'b']);
  assert.deepEqual(parts(`a/b:1@${digest}`), ['docker.io', 'a/b', digest]);
  for (const name of ['', '../info', 'a?b', 'a//b', 'a b', '/a', 'a:b:c', 'a/'])
    assert.deepEqual(parts(name), [], name);
});

const DEPLOYMENT = {
  name: 'f',
  namespace: 'ns',
  image: 'x',
  envProcess: 'cat',
  envVars: { A: 'b=c', OPENFAAS_NAME: 'no' },
  labels: { mine: '1' },
  annotations: {},
  secrets: [],
  constraints: [],
  limits: { memory: '64Mi', cpu: '500m' },
  readOnlyRootFilesystem: true,
};

test('a container gets no right that it could do without', () => {
  const spec = containerSpec({
    deployment: DEPLOYMENT,
    identity: { state: 's', generation: 'g', instance: `${'f'.repeat(60)}-12345678` },
    image: 'sha256:1',
    port: 8080,
    network: { id: 'n', name: 'of-s-ns', gateway: '10.1.0.1' },
    reach: 'address',
    secrets: { bind: '/dev/shm/secrets' },
    publishAt: '127.0.0.1',
    runtime: 'runsc',
    user: '12000',
  }) as { Env: string[]; Hostname: string; User: string; HostConfig: Record<string, unknown> };
  const { HostConfig: host } = spec;
  assert.deepEqual(host['CapDrop'], ['ALL']);
  assert.deepEqual(host['SecurityOpt'], ['no-new-privileges']);
  assert.deepEqual([host['Memory'], host['MemorySwap'], host['CpuQuota']], [64 << 20, 64 << 20, 50_000]);
  assert.deepEqual(
    [host['ReadonlyRootfs'], host['Tmpfs']],
    [true, { '/tmp': `rw,mode=1777,size=${32 << 20}` }],
  );
  assert.deepEqual(host['Binds'], ['/dev/shm/secrets:/var/openfaas/secrets:ro,z']);
  assert.ok((host['ExtraHosts'] as string[]).includes('gateway.openfaas:10.1.0.1'));
  assert.equal(host['PortBindings'], undefined);
  assert.deepEqual([host['Runtime'], spec.User], ['runsc', '12000']);
  assert.ok(spec.Hostname.length <= 63);
  for (const variable of ['A=b=c', 'fprocess=cat', 'OPENFAAS_NAME=f', 'OPENFAAS_NAMESPACE=ns'])
    assert.ok(spec.Env.includes(variable), variable);
});

test('an archive for an engine is read by tar, with names of any length', async (t) => {
  const folder = makeFolder(t);
  const long = 'n'.repeat(253);
  const files = [
    { name: 'empty', mode: 0o444, content: Buffer.alloc(0) },
    { name: 'block', mode: 0o400, content: Buffer.alloc(512, 'b') },
    { name: long, mode: 0o444, content: Buffer.from('long\0bytes') },
  ];
  const archive = packArchive([{ name: './', mode: 0o555 }, ...files]);
  const { stdout } = await execa('tar', ['--list', '--verbose', '--numeric-owner'], { input: archive });
  const listed = stdout.split('\n').map((line) => line.replace(/ +\d+ \S+ \S+ /, ' '));
  const shown = [
    'dr-xr-xr-x 0/0 ./',
    '-r--r--r-- 0/0 empty',
    '-r-------- 0/0 block',
    `-r--r--r-- 0/0 ${long}`,
  ];
  assert.deepEqual(listed, shown);
  await execa('tar', ['--extract', '--directory', folder], { input: archive });
  for (const { name, content } of files) assert.deepEqual(await readFile(join(folder, name)), content);
});

test('a watchdog is asked at its paths; a server without one by its HEALTHCHECK, or whether it answers', async () => {
  const rules = { hasOwnHealth: false, hasOwnReadiness: false, knowsReady: true };
  const says = (answers: Record<string, number>) => (path: string) => Promise.resolve(answers[path]);
  const none = () => undefined;
  const sick = () => Promise.resolve(false);
  const watchdog = { '/_/health': 200, '/_/ready': 503 };
  assert.equal(await containerHealth(rules, '/_/health', says(watchdog), sick), true);
  assert.equal(await containerReadiness(rules, '/_/ready', says(watchdog), none), false);
  assert.equal(
    await containerReadiness(rules, '/_/ready', says({ ...watchdog, '/_/ready': 429 }), none),
    true,
  );
  const old = { '/_/health': 200, '/_/ready': 500 }; // a watchdog that hands /_/ready to the function
  assert.equal(await containerReadiness(rules, '/_/ready', says(old), none), true);
  const plain = { '/_/health': 404, '/_/ready': 404 };
  assert.equal(await containerReadiness(rules, '/_/ready', says(plain), none), true);
  assert.equal(await containerReadiness(rules, '/_/ready', says(plain), sick), false);
  assert.equal(
    await containerHealth({ ...rules, hasOwnHealth: true }, '/own', says({ '/own': 404 }), none),
    false,
  );
  assert.equal(await containerHealth(rules, '/_/health', says({}), none), false);
});

test('containers that a gateway before has left go to the version that they are of, and to no other', () => {
  let now = 0;
  const removed: string[] = [];
  const client = {
    send: (_method: string, target: string) => {
      removed.push(/^\/containers\/(.*)$/.exec(target)?.[1] ?? '');
      return Promise.resolve();
    },
  };
  const roster = new Roster(
    () => undefined,
    () => now,
  );
  const listed = (Id: string, generation: string, State = 'running') => ({
    Id,
    State,
    Labels: { 'dev.of-gateway.instance': `i-${Id}`, 'dev.of-gateway.generation': generation },
  });
  const list = [listed('a', 'g1'), listed('b', 'g1'), listed('c', 'gone'), listed('d', 'g1', 'exited')];
  const look = () => roster.onList(client as never, list);
  roster.enter('g1', 'ns');
  look();
  assert.deepEqual(removed, ['d']);
  assert.equal(roster.reserve('g1'), 'i-a');
  assert.equal(roster.claim('i-a', 'g1'), 'a');
  roster.takenUp(client as never);
  assert.deepEqual(removed.splice(0).sort(), ['b', 'c', 'd']);
  look();
  now += 60_000;
  assert.equal(roster.claim('another', 'g1'), 'b');
  look();
  assert.ok(!removed.includes('a') && !removed.includes('b'), String(removed));
});
