import assert from 'node:assert/strict';
import { testBackEnds } from '../support/back-ends.ts';
import { deploy, makeServerImage } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { until } from '../support/wait.ts';

testBackEnds(
  'SIGTERM lets a queued call end that is under way, and it is not made again',
  async (t, backEnd) => {
    const folder = makeStateFolder();
    makeServerImage(folder);
    const first = await startGateway(t, backEnd.variables, { folder });
    await deploy(first, { service: 'fn' });
    const path = '/async-function/fn/wait?ms=700&key=once';
    await first.request({ method: 'POST', path, headers: { 'x-call-id': 'once' }, body: '' });
    await first.logLine('fn', /began once/);
    first.kill('SIGTERM');
    assert.equal(await first.exited, 0);
    const second = await startGateway(t, backEnd.variables, { folder });
    const call = JSON.parse((await second.api('GET', '/system/async/once')).text) as Record<string, unknown>;
    assert.deepEqual([call['state'], call['tries']], ['done', 1]);
  },
);

testBackEnds(
  'SIGTERM gives up a queued call that takes longer than write_timeout, and it is made again',
  async (t, backEnd) => {
    const folder = makeStateFolder();
    makeServerImage(folder);
    const first = await startGateway(t, { ...backEnd.variables, write_timeout: '200ms' }, { folder });
    await deploy(first, { service: 'fn' });
    const path = '/async-function/fn/wait?ms=60000&key=long';
    await first.request({ method: 'POST', path, headers: { 'x-call-id': 'long' }, body: '' });
    await first.logLine('fn', /began long/);
    first.kill('SIGTERM');
    await first.exited;
    const second = await startGateway(t, backEnd.variables, { folder });
    await until(async () => {
      const { text } = await second.api('GET', '/system/async/long');
      return (JSON.parse(text) as { state: string }).state === 'running';
    }, 'the call to run again');
  },
);
