import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { findFreePort } from '../../common/free-port.ts';
import { deploy, makeLocalImage, makeServerImage, statusOf } from '../support/local-image.ts';
import { startGateway, type OfGateway } from '../support/of-gateway.ts';
import { request } from '../support/request.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { until } from '../support/wait.ts';

/** `dev.of-gateway.port`: a port that leads to one function, on a developer's machine. */

async function developing(
  t: TestContext,
  variables: Readonly<Record<string, string>> = {},
): Promise<OfGateway> {
  const folder = makeStateFolder();
  makeServerImage(folder);
  makeLocalImage(folder, 'slow');
  return startGateway(t, { development: 'true', basic_auth: 'false', ...variables }, { folder });
}

const withPort = (port: number, more: object = {}): object => ({
  service: 'fn',
  annotations: { 'dev.of-gateway.port': String(port) },
  ...more,
});

test('the port leads to the function, whose paths are not the gateway’s, and goes with it', async (t) => {
  const gateway = await developing(t);
  const port = await findFreePort();
  assert.equal((await deploy(gateway, withPort(port))).status, 202);
  const variable = await request(port, { path: '/variable?name=OPENFAAS_NAME' });
  assert.deepEqual([variable.status, variable.text], [200, 'fn']);
  const api = await request(port, { path: '/system/functions', method: 'DELETE' });
  assert.notEqual(api.headers['x-openfaas-internal'], 'of-gateway', 'the function answers every path');
  const foreign = { host: 'shop.example.com', origin: 'https://shop.example.com' };
  const path = '/variable?name=OPENFAAS_NAME';
  assert.equal(
    (await request(port, { path, headers: foreign })).status,
    200,
    'who may call is the function’s own',
  );
  await gateway.api('DELETE', '/system/functions', { body: { functionName: 'fn' } });
  await until(async () => (await request(port, {})).error !== undefined, 'the port to be closed');
});

test('an update keeps the port, or moves it; one that is taken refuses the deployment and changes nothing', async (t) => {
  const gateway = await developing(t);
  const [first, second] = [await findFreePort(), await findFreePort()];
  await deploy(gateway, withPort(first));
  assert.equal((await deploy(gateway, withPort(first, { envVars: { A: '2' } }), 'PUT')).status, 202);
  const variable = async (port: number): Promise<string> =>
    (await request(port, { path: '/variable?name=A' })).text;
  await until(async () => (await variable(first)) === '2', 'the new version');
  await deploy(gateway, withPort(second), 'PUT');
  await until(
    async () => (await request(second, { path: '/variable?name=A' })).status === 200,
    'the other port',
  );
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port: taken } = other.address() as AddressInfo;
  const refused = await deploy(gateway, withPort(taken), 'PUT');
  assert.deepEqual([refused.status, refused.text.includes(`port ${taken}`)], [409, true], refused.text);
  assert.equal((await deploy(gateway, { ...withPort(taken), service: 'new' })).status, 409);
  assert.equal((await gateway.api('GET', '/system/function/new')).status, 404);
  assert.equal((await request(second, { path: '/variable?name=A' })).status, 200);
  const wrong = { service: 'wrong', annotations: { 'dev.of-gateway.port': '0x50' } };
  assert.equal((await deploy(gateway, wrong)).status, 400);
});

test('timeouts of the gateway do not hold at the function’s own port', async (t) => {
  const gateway = await developing(t, { upstream_timeout: '300ms' });
  const port = await findFreePort();
  await deploy(gateway, withPort(port, { image: 'slow' }));
  await until(async () => (await statusOf(gateway, 'fn')).availableReplicas === 1, 'the function');
  const path = '/slow?ms=800';
  assert.equal((await gateway.request({ path: `/function/fn${path}` })).status, 504);
  assert.equal((await request(port, { path })).status, 200);
});

test('without development=true there are no such ports', async (t) => {
  const gateway = await developing(t, { development: 'false' });
  const port = await findFreePort();
  assert.equal((await deploy(gateway, withPort(port))).status, 202);
  assert.equal((await gateway.request({ path: '/function/fn/variable?name=OPENFAAS_NAME' })).text, 'fn');
  assert.notEqual((await request(port, {})).error, undefined);
});

test('development=true: a new version that does not start is tried once, and the one before it serves on', async (t) => {
  const folder = makeStateFolder();
  makeLocalImage(folder, 'good');
  makeLocalImage(folder, 'bad', { fprocess: 'node missing.mjs' });
  const gateway = await startGateway(t, { development: 'true' }, { folder });
  await deploy(gateway, { service: 'fn', image: 'good' });
  await until(async () => (await statusOf(gateway, 'fn')).availableReplicas === 1, 'the function');
  await deploy(gateway, { service: 'fn', image: 'bad' }, 'PUT');
  const notes = await until(async () => {
    const status = await statusOf(gateway, 'fn');
    return status.notes?.some((note) => note.includes('failed')) ? status.notes : undefined;
  }, 'the failure');
  assert.ok(
    notes.some((note) => /failed 1 times in a row/.test(note)),
    String(notes),
  );
  const starts = async (): Promise<number> =>
    (await gateway.api('GET', '/system/logs?name=fn')).text.split('is given up').length - 1;
  assert.equal(await starts(), 1);
  assert.equal((await gateway.request({ path: '/function/fn' })).status, 200);
  await deploy(gateway, { service: 'fn', image: 'good' }, 'PUT');
  await until(async () => (await statusOf(gateway, 'fn')).notes === undefined, 'the next version');
});
