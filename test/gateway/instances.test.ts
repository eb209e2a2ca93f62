import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploy, makeCommandImage, makeServerImage, statusOf } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';
import { until } from '../support/wait.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { isAlive } from '../support/process-table.ts';

/** Functions as processes: deployed, called, scaled, updated, ended. */

test('a call that comes right behind the deployment waits for the function', async (t) => {
  const folder = makeStateFolder();
  makeCommandImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  assert.equal((await deploy(gateway, { service: 'echo', image: 'command' })).status, 202);
  const { status, text } = await gateway.request({ method: 'POST', path: '/function/echo', body: 'hello' });
  assert.deepEqual([status, text], [200, 'hello']);
});

test('envProcess and envVars go before those of the image', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder, { FROM_IMAGE: 'image', BOTH: 'image' });
  const gateway = await startGateway(t, { SECRET_OF_THE_GATEWAY: 'x' }, { folder });
  await deploy(gateway, { service: 'fn', envVars: { BOTH: 'deployment' } });
  const { text } = await gateway.request({ path: '/function/fn/environment' });
  const seen = JSON.parse(text) as Record<string, string>;
  assert.equal(seen['FROM_IMAGE'], 'image');
  assert.equal(seen['BOTH'], 'deployment');
  assert.equal(seen['OPENFAAS_NAME'], 'fn');
  assert.equal(seen['OPENFAAS_NAMESPACE'], 'openfaas-fn');
  assert.equal(seen['OPENFAAS_URL'], gateway.url);
  assert.equal(seen['SECRET_OF_THE_GATEWAY'], undefined);
});

test('calls are spread over replicas by what they have in flight', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await deploy(gateway, { service: 'fn', labels: { 'com.openfaas.scale.min': '2' } });
  await until(async () => (await statusOf(gateway, 'fn')).availableReplicas === 2, 'two replicas');
  const held = gateway.request({ path: '/function/fn/wait?ms=1000&key=a' });
  const free = [];
  for (let count = 0; count < 4; count += 1)
    free.push((await gateway.request({ path: '/function/fn/process' })).text);
  await held;
  assert.equal(new Set(free).size, 1, 'the busy replica gets none of them');
});

test('an update under load loses no call, and its version serves then', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await deploy(gateway, { service: 'fn', envVars: { V: '1' } });
  const path = '/function/fn/variable?name=V';
  const clients = { isOver: false };
  const failed: string[] = [];
  const load = async (): Promise<void> => {
    while (!clients.isOver) {
      const { status, text, error } = await gateway.request({ path });
      if (status !== 200) failed.push(`${status} ${text} ${error}`);
    }
  };
  const loads = [load(), load(), load()];
  for (const version of ['2', '3']) {
    await deploy(gateway, { service: 'fn', envVars: { V: version } }, 'PUT');
    await until(async () => (await gateway.request({ path })).text === version, `version ${version}`);
  }
  clients.isOver = true;
  await Promise.all(loads);
  assert.deepEqual(failed, []);
});

test('a version keeps its secrets for its last call, whatever comes after it', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await gateway.api('POST', '/system/secrets', { body: { name: 's', value: 'of the first' } });
  await deploy(gateway, { service: 'fn', secrets: ['s'], envVars: { V: '1' } });
  await until(async () => (await statusOf(gateway, 'fn')).availableReplicas === 1, 'the first version');
  const call = await gateway.connect();
  call.send('POST /function/fn/secret?name=s HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo');
  const path = '/function/fn/variable?name=V';
  for (const version of ['2', '3']) {
    await deploy(gateway, { service: 'fn', envVars: { V: version } }, 'PUT');
    await until(async () => (await gateway.request({ path })).text === version, `version ${version}`);
  }
  call.send('dy');
  await call.waitFor(/of the first/);
});

test('a version that does not become ready leaves the old one, and the status says why', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await deploy(gateway, { service: 'fn', envVars: { V: '1' } });
  await until(async () => (await statusOf(gateway, 'fn')).availableReplicas === 1, 'the first version');
  assert.equal((await deploy(gateway, { service: 'fn', envProcess: 'node missing.mjs' }, 'PUT')).status, 202);
  const notes = await until(async () => {
    const { notes = [] } = await statusOf(gateway, 'fn');
    return notes.some((note) => note.includes('missing.mjs')) && notes.join('\n');
  }, 'a note of the failure');
  assert.match(notes, /the one before serves on/);
  assert.equal((await gateway.request({ path: '/function/fn/variable?name=V' })).text, '1');
});

test('a function that ends is started again, and a call meanwhile waits for it', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await deploy(gateway, { service: 'fn' });
  const before = (await gateway.request({ path: '/function/fn/process' })).text;
  await gateway.request({ path: '/function/fn/exit' });
  await until(async () => {
    const { status, text } = await gateway.request({ path: '/function/fn/process' });
    return status === 200 && text !== before;
  }, 'the next instance');
});

test('kill -9 of the gateway leaves no process, and the next one has all of it again', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const first = await startGateway(t, {}, { folder });
  await deploy(first, { service: 'fn', annotations: { note: 'kept' } });
  await first.api('POST', '/system/secrets', { body: { name: 'kept', value: 'x' } });
  const [pid = ''] = (await first.request({ path: '/function/fn/process' })).text.split(' ');
  first.kill('SIGKILL');
  await first.exited;
  await until(() => !isAlive(Number(pid)), 'the function to end');
  const second = await startGateway(t, {}, { folder });
  assert.equal((await second.request({ path: '/function/fn/process' })).status, 200);
  const listed = (await second.api('GET', '/system/functions')).text;
  assert.match(listed, /"note":"kept"/);
  assert.match((await second.api('GET', '/system/secrets')).text, /"kept"/);
});

test('SIGTERM answers what is in flight and ends every process', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await deploy(gateway, { service: 'fn' });
  const [pid = ''] = (await gateway.request({ path: '/function/fn/process' })).text.split(' ');
  const inFlight = gateway.request({ path: '/function/fn/wait?ms=500&key=b' });
  await gateway.logLine('fn', /began b/);
  gateway.kill('SIGTERM');
  assert.equal((await inFlight).text, 'waited');
  assert.equal(await gateway.exited, 0);
  assert.equal(isAlive(Number(pid)), false);
});

test('a removed function is gone, and what was in flight is answered', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await deploy(gateway, { service: 'fn' });
  const inFlight = gateway.request({ path: '/function/fn/wait?ms=300&key=c' });
  await gateway.logLine('fn', /began c/);
  assert.equal(
    (await gateway.api('DELETE', '/system/functions', { body: { functionName: 'fn' } })).status,
    202,
  );
  assert.equal((await gateway.request({ path: '/function/fn' })).status, 404);
  assert.equal((await inFlight).text, 'waited');
});

test('usage is of the function with all of its processes', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await deploy(gateway, { service: 'fn' });
  await gateway.request({ path: '/function/fn' });
  const { usage } = await statusOf(gateway, 'fn');
  assert.ok(usage && usage.totalMemoryBytes > 20e6);
  assert.equal(typeof usage.cpu, 'number');
});

test('an image that is not there is refused with both ways out, and nothing is listed', async (t) => {
  const gateway = await startGateway(t);
  const { status, text } = await deploy(gateway, { service: 'fn', image: 'nowhere' });
  assert.equal(status, 400);
  assert.match(text, /ofkit build --local.*engine/);
  assert.equal((await gateway.api('GET', '/system/functions')).text, '[]');
});

test('CPU is the same for all who ask for it at a time', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  await deploy(gateway, { service: 'fn' });
  const cpu = async (): Promise<number> => (await statusOf(gateway, 'fn')).usage?.cpu ?? 0;
  await until(async () => {
    const [first, second] = [await cpu(), await cpu()];
    return first > 0 && first === second;
  }, 'two that ask one after the other to get the same');
});
