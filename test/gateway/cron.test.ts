import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploy, makeServerImage } from '../support/local-image.ts';
import { startGateway, type OfGateway } from '../support/of-gateway.ts';
import { makeStateFolder } from '../support/state-folder.ts';

test('a function with a schedule is called by POST, as its connector would', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  const annotations = { topic: 'cron-function', schedule: '@every 1s' };
  await deploy(gateway, { service: 'fn', annotations });
  await gateway.logLine('fn', /POST \/ /);
  const [listed] = JSON.parse((await gateway.api('GET', '/system/schedules')).text) as { next: string[] }[];
  assert.equal(listed?.next.length, 5);
});

test('the status tells when a function is called next, and says nothing of it where cron is off', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const annotations = { topic: 'cron-function', schedule: '@hourly' };
  const on = await startGateway(t, {}, { folder });
  await deploy(on, { service: 'fn', annotations });
  await deploy(on, { service: 'other' });
  const nextRuns = async (gateway: OfGateway, name: string): Promise<unknown> =>
    (JSON.parse((await gateway.api('GET', `/system/function/${name}`)).text) as { nextRuns?: unknown })
      .nextRuns;
  const times = (await nextRuns(on, 'fn')) as string[];
  assert.equal(times.length, 5);
  assert.ok(times.every((time) => time.endsWith(':00:00.000Z')));
  assert.equal(await nextRuns(on, 'other'), undefined);
  on.kill('SIGTERM');
  await on.exited;
  const off = await startGateway(t, { cron: 'false' }, { folder });
  assert.equal(await nextRuns(off, 'fn'), undefined);
});

test('by hand it is called at once, with cron off too', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, { cron: 'false' }, { folder });
  await deploy(gateway, { service: 'fn', annotations: { topic: 'cron-function', schedule: '0 0 1 1 *' } });
  const { status, text } = await gateway.api('POST', '/system/schedules/fn/run');
  assert.deepEqual([status, JSON.parse(text)], [200, { status: 200 }]);
  assert.equal((await gateway.api('POST', '/system/schedules/none/run')).status, 404);
});

test('a schedule that cannot be read, or is never due, refuses the deployment with the reason', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  for (const [schedule, reason] of [
    ['* * * * 7', /schedule.*Sunday is 0/],
    ['@hourly; 0 0 30 2 *', /schedule.*"0 0 30 2 \*" names a day that never comes/],
  ] as const) {
    const annotations = { topic: 'cron-function', schedule };
    const { status, text } = await deploy(gateway, { service: 'fn', annotations });
    assert.equal(status, 400);
    assert.match(text, reason);
  }
});
