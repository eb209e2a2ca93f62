import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { CgroupPlaces } from '../../common/cgroup.ts';
import type { Deployment } from '../../gateway/functions/deployment.ts';
import { CpuTotal } from '../../gateway/providers/instances/cpu-total.ts';
import { ResourceLimiter } from '../../gateway/providers/process/limits/resource-limiter.ts';
import { makeFolder } from '../support/folder.ts';
import { deploy, makeServerImage, statusOf } from '../support/local-image.ts';
import { parseMetrics } from '../support/metrics.ts';
import { startGateway, type OfGateway } from '../support/of-gateway.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { until } from '../support/wait.ts';

async function start(t: TestContext, limits: object): Promise<OfGateway> {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await deploy(gateway, { service: 'fn', limits });
  return gateway;
}

async function pidOf(gateway: OfGateway): Promise<string> {
  return (await gateway.request({ path: '/function/fn/process' })).text;
}

test('an instance over its limit of memory is ended with the reason, and another takes its place', async (t) => {
  const gateway = await start(t, { memory: '200Mi' });
  const first = await pidOf(gateway);
  await gateway.request({ path: `/function/fn/take?bytes=${50 << 20}` });
  assert.equal(await pidOf(gateway), first, 'what is below the limit goes on');
  await gateway.request({ path: `/function/fn/take?bytes=${200 << 20}` });
  await gateway.logLine(
    'fn',
    /the instance is given up: out of memory: it used more than limits.memory of 200Mi/,
  );
  const second = await until(async () => {
    const { status, text } = await gateway.request({ path: '/function/fn/process' });
    return status === 200 && text;
  }, 'another instance');
  assert.notEqual(second, first);
});

test('the status says why a function is not there that needs more memory than it may have', async (t) => {
  const gateway = await start(t, { memory: '1Mi' });
  const notes = await until(async () => {
    const { notes: told = [] } = await statusOf(gateway, 'fn');
    return told.some((note) => note.startsWith('out of memory')) && told;
  }, 'the note');
  assert.match(
    notes.join('\n'),
    /^out of memory: it used more than limits.memory of 1Mi, at .+; failed \d+ times/m,
  );
});

test('the status says what holds a function to its limits', async (t) => {
  const gateway = await start(t, { memory: '1Gi', cpu: '500m' });
  const { notes = [] } = await statusOf(gateway, 'fn');
  const all = notes.join('\n');
  assert.match(
    all,
    /^limits.memory of 1Gi and limits.cpu of 500m: held by the kernel|^limits.memory of 1Gi: watched by the gateway, as .+\nlimits.cpu of 500m: has no effect, as .+$/,
  );
});

/**
 * Makes files in place of a cgroup that was delegated to this process: they keep the writes that a kernel would take.
 */
function fakeCgroup(t: TestContext, controllers: string, pids = `${process.pid}\n`): CgroupPlaces {
  const mount = makeFolder(t);
  const folder = path.join(mount, 'service');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'cgroup.controllers'), `${controllers}\n`);
  writeFileSync(path.join(folder, 'cgroup.procs'), pids);
  writeFileSync(path.join(folder, 'cgroup.subtree_control'), '');
  const ownGroup = path.join(mount, 'own');
  writeFileSync(ownGroup, '1:name=systemd:/\n0::/service\n');
  return { mount, ownGroup };
}

const LIMITED = { limits: { memory: '64Mi', cpu: '250m' } } as unknown as Deployment;

test('where there is a cgroup of its own the kernel is told the limits, and its word is the reason', async (t) => {
  const places = fakeCgroup(t, 'cpuset cpu io memory pids');
  const limiter = await ResourceLimiter.open(places);
  const service = path.join(places.mount, 'service');
  const read = (...parts: string[]): string => readFileSync(path.join(service, ...parts), 'utf8');
  assert.equal(read('cgroup.subtree_control'), '+memory +cpu');
  assert.equal(read('of-gateway', 'cgroup.procs'), String(process.pid));
  assert.deepEqual(limiter.notes(LIMITED), [
    'limits.memory of 64Mi and limits.cpu of 250m: held by the kernel (cgroup v2)',
  ]);
  const holder = limiter.holderFor('fn-1', LIMITED, true);
  holder?.hold(4711, () => assert.fail('it was ended'));
  assert.equal(read('instance-fn-1', 'memory.max'), String(64 << 20));
  assert.equal(read('instance-fn-1', 'cpu.max'), '25000 100000');
  assert.equal(read('instance-fn-1', 'memory.oom.group'), '1');
  assert.equal(read('instance-fn-1', 'cgroup.procs'), '4711');
  writeFileSync(path.join(service, 'instance-fn-1', 'memory.events'), 'oom 0\noom_kill 0\n');
  assert.equal(holder?.reason, undefined);
  writeFileSync(path.join(service, 'instance-fn-1', 'memory.events'), 'oom 1\noom_kill 1\n');
  assert.equal(holder?.reason, 'out of memory: it used more than limits.memory of 64Mi');
  // a kernel's files go with their folder
  for (const file of readdirSync(path.join(service, 'instance-fn-1')))
    rmSync(path.join(service, 'instance-fn-1', file));
  await holder?.release();
  assert.ok(!readdirSync(service).includes('instance-fn-1'));
});

test('the watchdog of a function in a process of its own has memory beside the limit', async (t) => {
  const places = fakeCgroup(t, 'cpu memory');
  const limiter = await ResourceLimiter.open(places);
  limiter.holderFor('fn-2', LIMITED, false)?.hold(4711, () => assert.fail('it was ended'));
  const file = path.join(places.mount, 'service', 'instance-fn-2', 'memory.max');
  assert.equal(readFileSync(file, 'utf8'), String(128 << 20));
});

test('a cgroup without the controllers, or with other processes, is left alone', async (t) => {
  const bare = await ResourceLimiter.open(fakeCgroup(t, 'io pids'));
  assert.match(
    bare.notes(LIMITED).join('\n'),
    /watched by the gateway, as .+ has no controller memory, cpu$/m,
  );
  const places = fakeCgroup(t, 'cpu memory', `1\n${process.pid}\n`);
  const shared = await ResourceLimiter.open(places);
  assert.match(
    shared.notes(LIMITED).join('\n'),
    /watched by the gateway, as .+other processes.+Delegate=yes/,
  );
  assert.ok(!readdirSync(path.join(places.mount, 'service')).includes('of-gateway'));
});

test('metrics tell of the CPU and memory of functions', async (t) => {
  const gateway = await start(t, {});
  await pidOf(gateway);
  const labels = '{function_name="fn.openfaas-fn",namespace="openfaas-fn"}';
  const metrics = parseMetrics((await gateway.metrics()).text);
  assert.ok((metrics.get(`pod_cpu_usage_seconds_total${labels}`) ?? 0) > 0);
  assert.ok((metrics.get(`pod_memory_working_set_bytes${labels}`) ?? 0) > 20e6);
});

test('the CPU of a function never falls, whichever of its instances end', () => {
  const total = new CpuTotal();
  assert.equal(total.add(new Map(), new Set(['a'])), undefined);
  assert.equal(total.add(new Map([['a', 2]]), new Set(['a'])), 2);
  assert.equal(total.add(new Map([['b', 1]]), new Set(['a', 'b'])), 3, 'a could not be measured');
  assert.equal(total.add(new Map([['b', 3]]), new Set(['b'])), 5, 'a has ended');
  assert.equal(total.add(new Map(), new Set()), 5);
});
