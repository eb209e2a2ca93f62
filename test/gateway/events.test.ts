import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventReader } from '../support/events.ts';
import { deploy, makeLocalImage } from '../support/local-image.ts';
import { startBeforeProvider, startGateway } from '../support/of-gateway.ts';
import { holdToSchema } from '../support/openapi.ts';
import { until } from '../support/wait.ts';

interface View {
  readonly name: string;
  readonly state: string;
  readonly calls: number;
  readonly rate: number;
  readonly note?: string;
  readonly instances?: readonly { readonly state: string; readonly inFlight: number }[];
}

function views(data: Record<string, unknown>): View[] {
  return (data['functions'] ?? []) as View[];
}

test('events tell of functions, their instances, calls and removal as they happen', async (t) => {
  const gateway = await startGateway(t);
  makeLocalImage(gateway.folder, 'fn');
  const reader = await EventReader.open(t, gateway);
  const first = await reader.waitFor('a snapshot', ({ name }) => name === 'snapshot');
  holdToSchema('Snapshot', first.data);
  assert.deepEqual(views(first.data), []);

  await deploy(gateway, { service: 'one', image: 'fn' });
  await reader.waitFor('an idle instance', ({ data }) =>
    views(data).some(({ state, instances }) => state === 'ready' && instances?.[0]?.state === 'idle'),
  );
  const call = gateway.request({ path: '/function/one/slow?ms=3000' });
  await reader.waitFor('a busy instance', ({ data }) =>
    views(data).some(({ instances }) => instances?.[0]?.state === 'busy' && instances[0].inFlight === 1),
  );
  assert.equal((await call).status, 200);
  await reader.waitFor('the call', ({ data }) =>
    views(data).some(({ calls, rate }) => calls === 1 && rate > 0),
  );

  await gateway.api('DELETE', '/system/functions', { body: { functionName: 'one' } });
  await reader.waitFor('the removal', ({ data }) => String(data['removed']) === 'one.openfaas-fn');
  await reader.waitFor('a heartbeat', ({ name }) => name === 'heartbeat');
  for (const { name, data } of reader.events) if (name === 'changes') holdToSchema('Changes', data);
});

test('the first event has what was deployed the moment before', async (t) => {
  const gateway = await startGateway(t);
  makeLocalImage(gateway.folder, 'fn');
  for (const service of ['one', 'two', 'three']) {
    await gateway.api('POST', '/system/functions', { body: { service, image: 'fn' } });
    const reader = await EventReader.open(t, gateway);
    const first = await reader.waitFor('an event', ({ name }) => name === 'snapshot');
    assert.ok(
      views(first.data).some(({ name }) => name === service),
      service,
    );
  }
});

test('events tell why a function has no instance', async (t) => {
  const gateway = await startGateway(t);
  makeLocalImage(gateway.folder, 'fn', { fprocess: 'node missing.mjs' });
  await deploy(gateway, { service: 'broken', image: 'fn', limits: { memory: '256Mi' } });
  const reader = await EventReader.open(t, gateway);
  const event = await reader.waitFor('the failure', ({ data }) =>
    views(data).some(({ state }) => state === 'failing'),
  );
  assert.match(views(event.data)[0]?.note ?? '', /failed \d+ times in a row/);
});

test('events carry queued calls and schedules, and end with the gateway', async (t) => {
  const gateway = await startGateway(t);
  makeLocalImage(gateway.folder, 'fn');
  await deploy(gateway, {
    service: 'tick',
    image: 'fn',
    annotations: { topic: 'cron-function', schedule: '0 0 1 1 *' },
  });
  const reader = await EventReader.open(t, gateway);
  await reader.waitFor('the schedule', ({ data }) =>
    JSON.stringify(data['schedules'] ?? '').includes('0 0 1 1 *'),
  );
  await gateway.request({ method: 'POST', path: '/async-function/tick/slow?ms=3000' });
  await reader.waitFor('the queued call', ({ data }) =>
    JSON.stringify(data['queues'] ?? '').includes('"running":1'),
  );
  gateway.kill('SIGTERM');
  await until(() => reader.isEnded, 'the end of the stream');
});

test('with 1,000 functions a change is one small event, and a reader that stops costs nothing', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  for (let at = 0; at < 1000; at += 1) {
    const service = `fn-${at}`;
    const deployment = { service, namespace: 'openfaas-fn', image: 'x' };
    provider.functions.set(`${service}.openfaas-fn`, { deployment, replicas: 1, available: 1 });
  }
  const reader = await EventReader.open(t, gateway);
  await reader.waitFor('everything', ({ data }) => views(data).length === 1000);
  const slow = await EventReader.open(t, gateway);
  await slow.waitFor('a snapshot', ({ name }) => name === 'snapshot');
  slow.pause();
  for (let round = 0; round < 3; round += 1) {
    await gateway.request({ path: '/function/fn-7' });
    await reader.waitFor(`call ${round + 1}`, ({ data }) =>
      views(data).some(({ name, calls }) => name === 'fn-7' && calls === round + 1),
    );
  }
  const change = reader.events.find(
    ({ name, data }) => name === 'changes' && views(data).some(({ calls }) => calls === 1),
  );
  assert.ok(change && views(change.data).length < 50, 'the rest is not told again');
  slow.resume();
  await slow.waitFor('what it has missed', ({ data }) => views(data).some(({ calls }) => calls === 3));
});

test('a provider that does not answer is told of, and functions stay as they were', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  const reader = await EventReader.open(t, gateway);
  await reader.waitFor('the function', ({ data }) => views(data).length === 1);
  provider.override = (_seen, response) => {
    response.writeHead(503).end('down');
    return true;
  };
  const event = await reader.waitFor('the problem', ({ data }) => data['problem']);
  assert.deepEqual(event.data['removed'], []);
});

test('followers beyond a number are refused', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const readers = await Promise.all(Array.from({ length: 200 }, () => EventReader.open(t, gateway)));
  assert.ok(readers.every(({ status }) => status === 200));
  const { status, text } = await gateway.api('GET', '/system/events');
  assert.equal(status, 503);
  assert.match(text, /200 clients follow \/system\/events already/);
});
