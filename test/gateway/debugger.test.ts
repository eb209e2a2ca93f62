import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploy, makeServerImage } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';
import { makeStateFolder } from '../support/state-folder.ts';

/** `dev.of-gateway.inspect`: a debugger runs any code, so that a deployment alone must not open it. */

const annotations = { 'dev.of-gateway.inspect': 'true' };
const path = '/function/fn/variable?name=OF_GATEWAY_INSPECT';

test('the annotation opens no debugger where the gateway is not for development', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await deploy(gateway, { service: 'fn', annotations });
  const { status, text } = await gateway.request({ path });
  assert.deepEqual([status, text], [200, '']);
});

test('development=true opens it for the function that has the annotation, and the log tells its port', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, { development: 'true' }, { folder });
  await deploy(gateway, { service: 'fn', annotations });
  await deploy(gateway, { service: 'other' });
  assert.equal((await gateway.request({ path })).text, '1');
  assert.equal((await gateway.request({ path: path.replace('/fn/', '/other/') })).text, '');
  await gateway.logLine('fn', /its debugger is at 127\.0\.0\.1:\d+/);
});
