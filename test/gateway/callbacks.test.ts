import assert from 'node:assert/strict';
import { testBackEnds } from '../support/back-ends.ts';
import { newFolder, removeFolder } from '../support/folder.ts';
import { functionServer, newCall, openQueue } from '../support/queue.ts';
import { until } from '../support/wait.ts';

testBackEnds(
  'a callback that is redirected has not been taken, and is not tried again',
  async (t, backEnd) => {
    const { address, calls } = await functionServer(t, (path, response) => {
      if (path === '/callback') response.writeHead(302, { location: '/elsewhere' });
      response.end();
    });
    const queue = await openQueue(t, { backEnd });
    await queue.start(address);
    await queue.submit(newCall('moved', { callbackUrl: `http://${address}/callback` }));
    const call = await until(() => queue.list({ most: 1, state: 'done' })[0], 'the call to be done');
    assert.equal(call.callback, 'failed');
    assert.deepEqual(calls, ['/function/fn.openfaas-fn/moved', '/callback']);
  },
);

testBackEnds(
  'a stop gives a callback up that waits for another try, and makes it after the next start',
  async (t, backEnd) => {
    let isRefused = true;
    const { address, calls } = await functionServer(t, (path, response) => {
      if (path === '/callback' && isRefused) response.writeHead(503);
      response.end();
    });
    const folder = newFolder();
    t.after(() => removeFolder(folder));
    const first = await openQueue(t, { folder, backEnd });
    await first.start(address);
    await first.submit(newCall('later', { callbackUrl: `http://${address}/callback` }));
    await until(() => calls.includes('/callback'), 'the first try');
    const began = performance.now();
    await first.drain(60_000);
    await first.stop();
    assert.ok(performance.now() - began < 30_000, 'it did not wait for all tries');
    isRefused = false;
    const second = await openQueue(t, { folder, backEnd });
    await second.start(address);
    const call = await until(() => second.list({ most: 1, state: 'done' })[0], 'the call to be done');
    assert.equal(call.callback, 'sent');
    assert.equal(calls.filter((path) => path.startsWith('/function/')).length, 1);
  },
);
