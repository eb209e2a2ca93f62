import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { FunctionStatus } from '../../gateway/functions/function-status.ts';
import type { Provider } from '../../gateway/providers/provider.ts';
import { Autoscaler } from '../../gateway/scale/autoscaler.ts';
import { LoadHistory } from '../../gateway/scale/load-history.ts';
import { Scheduler } from '../../gateway/schedule/scheduler.ts';
import { ScheduleStore } from '../../gateway/state/schedule-store.ts';
import { makeFolder } from '../support/folder.ts';
import { functionServer } from '../support/queue.ts';
import { until } from '../support/wait.ts';

/** Scaling and schedules, where the provider fails or hangs. */

function statusOf(name: string, given: { labels?: object; annotations?: object }): FunctionStatus {
  const deployment = {
    name,
    namespace: 'openfaas-fn',
    image: 'x',
    labels: {},
    annotations: {},
    ...given,
  } as unknown as FunctionStatus['deployment'];
  return { deployment, replicas: 1, availableReplicas: 1, createdAt: new Date(), notes: [] };
}

function providerOf(list: () => Promise<FunctionStatus[]>, given: Partial<Provider> = {}): Provider {
  return {
    namespaces: { list: () => Promise.resolve([{ name: 'openfaas-fn', labels: {}, annotations: {} }]) },
    endpoints: { load: () => 0 },
    list,
    ...given,
  } as unknown as Provider;
}

const ZERO = { 'com.openfaas.scale.zero': 'true', 'com.openfaas.scale.zero-duration': '1ms' };

/** @returns its warnings */
function startAutoscaler(t: TestContext, provider: Provider): string[] {
  const warnings: string[] = [];
  const autoscaler = new Autoscaler({
    provider,
    ended: () => 0,
    queued: () => 0,
    defaults: { zeroDuration: 1, target: 50 },
    interval: 10,
    window: 1000,
    followsLoad: true,
    warn: (line) => warnings.push(line),
  });
  t.after(() => autoscaler.stop());
  autoscaler.start();
  return warnings;
}

test('one function that cannot be scaled keeps no other from it', async (t) => {
  const stopped: string[] = [];
  const functions = ['bad', 'good'].map((name) => statusOf(name, { labels: ZERO }));
  const provider = providerOf(() => Promise.resolve(functions), {
    stopIfIdle: ({ name }) => {
      if (name === 'bad') return Promise.reject(new Error('no'));
      stopped.push(name);
      return Promise.resolve();
    },
  });
  const warnings = startAutoscaler(t, provider);
  await until(() => stopped.includes('good'), 'the other function to be stopped');
  assert.match(warnings[0] ?? '', /^bad\.openfaas-fn cannot be scaled: no$/);
});

test('a provider that does not answer is warned of once, and the functions are scaled once it does', async (t) => {
  let isDown = true;
  let asked = 0;
  const stopped: string[] = [];
  const list = (): Promise<FunctionStatus[]> => {
    asked += 1;
    return isDown ? Promise.reject(new Error('down')) : Promise.resolve([statusOf('fn', { labels: ZERO })]);
  };
  const provider = providerOf(list, {
    stopIfIdle: ({ name }) => {
      stopped.push(name);
      return Promise.resolve();
    },
  });
  const warnings = startAutoscaler(t, provider);
  await until(() => asked > 3, 'some tries');
  isDown = false;
  await until(() => stopped.length > 0, 'the function to be stopped');
  assert.deepEqual(warnings, ['Scaling is put off: down']);
});

test('a queued call that runs is one call in flight, and one that waits is activity', () => {
  const history = new LoadHistory(1000, 0);
  history.add({ at: 10, ended: 0, inFlight: 1, queued: 1 });
  assert.equal(history.meanInFlight, 1);
  history.add({ at: 20, ended: 0, inFlight: 0, queued: 1 });
  assert.equal(history.lastActive, 20);
});

test('a provider that hangs holds up no schedule that is known', async (t) => {
  let asked = 0;
  const { address, calls } = await functionServer(t, (_path, response) => response.end());
  const annotations = { topic: 'cron-function', schedule: '@every 1s' };
  const scheduler = new Scheduler({
    provider: providerOf(() => {
      asked += 1;
      return asked === 1 ? Promise.resolve([statusOf('fn', { annotations })]) : new Promise(() => undefined);
    }),
    isOn: true,
    kept: new ScheduleStore(makeFolder(t)),
    warn: () => undefined,
  });
  t.after(() => scheduler.stop());
  await scheduler.start(address);
  await until(() => asked > 1, 'the provider to hang');
  const before = calls.length;
  await until(() => calls.length > before + 1, 'two more calls');
});
