import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploy, makeServerImage } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { until } from '../support/wait.ts';

test('SIGTERM lets a queued call end that is under way, and it is not made again', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const first = await startGateway(t, {}, { folder });
  await deploy(first, { service: 'fn' });
  const path = '/async-function/fn/wait?ms=700&key=once';
  await first.request({ method: 'POST', path, headers: { 'x-call-id': 'once' }, body: '' });
  await first.logLine('fn', /began once/);
  first.kill('SIGTERM');
  assert.equal(await first.exited, 0);
  const second = await startGateway(t, {}, { folder });
  const call = JSON.parse((await second.api('GET', '/system/async/once')).text) as Record<string, unknown>;
  assert.deepEqual([call['state'], call['tries']], ['done', 1]);
});

test('SIGTERM gives up a queued call that takes longer than write_timeout, and it is made again', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const first = await startGateway(t, { write_timeout: '200ms' }, { folder });
  await deploy(first, { service: 'fn' });
  const path = '/async-function/fn/wait?ms=60000&key=long';
  await first.request({ method: 'POST', path, headers: { 'x-call-id': 'long' }, body: '' });
  await first.logLine('fn', /began long/);
  first.kill('SIGTERM');
  await first.exited;
  const second = await startGateway(t, {}, { folder });
  await until(async () => {
    const { text } = await second.api('GET', '/system/async/long');
    return (JSON.parse(text) as { state: string }).state === 'running';
  }, 'the call to run again');
});
