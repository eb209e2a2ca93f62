import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { deploy, makeServerImage, statusOf } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';
import { openFilesOf, zombiesOf } from '../support/process-table.ts';
import { randomOf } from '../support/random.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { until } from '../support/wait.ts';

/** How often the function is let go to zero, and called. */
const CYCLES = Number(process.env['ZERO_CYCLES'] ?? 150);
const SEED = Number(process.env['ZERO_SEED'] ?? Date.now() % 1_000_000);

const IDLE_MS = 100;
/** The longest pause before a call: in most cycles the decision to stop, and the end itself, are close. */
const LONGEST_PAUSE_MS = 4 * IDLE_MS;
/** Connections and the files of an instance that starts or ends come and go. */
const FILES = 24;

test(`${CYCLES} cycles to zero and back answer all calls, and leave nothing behind (seed ${SEED})`, async (t) => {
  const random = randomOf(SEED);
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, { scale_interval: '20ms' }, { folder });
  const labels = { 'com.openfaas.scale.zero': 'true', 'com.openfaas.scale.zero-duration': `${IDLE_MS}ms` };
  await deploy(gateway, { service: 'fn', labels });
  await gateway.request({ path: '/function/fn/process' });
  const filesBefore = openFilesOf(gateway.pid).length;
  const instances = new Set<string>();
  const submitted: string[] = [];
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    if (cycle % 3 === 0) await until(async () => !(await statusOf(gateway, 'fn')).availableReplicas, 'zero');
    else await sleep(random() * LONGEST_PAUSE_MS);
    const count = 1 + Math.floor(random() * 5);
    const answers = await Promise.all(
      Array.from({ length: count }, () => gateway.request({ path: '/function/fn/process' })),
    );
    for (const { status, text } of answers) {
      assert.equal(status, 200, `cycle ${cycle}: ${text}`);
      instances.add(text);
    }
    if (random() < 0.5) continue;
    const id = `call-${cycle}`;
    const headers = { 'x-call-id': id };
    const path = '/async-function/fn/process';
    const { status } = await gateway.request({ method: 'POST', path, headers, body: '' });
    assert.equal(status, 202);
    submitted.push(id);
  }
  await until(async () => {
    const { text } = await gateway.api('GET', '/system/async?state=done&limit=10000');
    return (JSON.parse(text) as { tries: number }[]).length === submitted.length;
  }, 'all calls for later to be done');
  const { text } = await gateway.api('GET', '/system/async?state=done&limit=10000');
  const tries = (JSON.parse(text) as { tries: number }[]).map((call) => call.tries);
  assert.ok(
    tries.every((count) => count === 1),
    'none has failed',
  );
  await until(async () => !(await statusOf(gateway, 'fn')).availableReplicas, 'zero at the end');
  assert.ok(instances.size >= CYCLES / 3, `${instances.size} instances`);
  await until(() => zombiesOf(gateway.pid).length === 0, 'no zombie to be left');
  // Connections that are kept alive close a while after their last request.
  await until(
    () => openFilesOf(gateway.pid).length <= filesBefore + FILES,
    `no more files than ${filesBefore}`,
  ).catch(() =>
    assert.fail(`${filesBefore} files were open before, and now: ${openFilesOf(gateway.pid).join(' ')}`),
  );
  t.diagnostic(`${instances.size} instances, ${submitted.length} calls for later`);
});
