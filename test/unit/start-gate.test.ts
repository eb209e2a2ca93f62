import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartGate } from '../../watchdog/modes/fork/start-gate.ts';

const HOURS = 3_600_000;

test('so many are let in at once, and the next in their order as others leave', async () => {
  const gate = new StartGate(2, 50);
  const first = await gate.enter();
  await gate.enter();
  const order: number[] = [];
  const waiting = [3, 4].map(async (number) => {
    const leave = await gate.enter();
    order.push(number);
    return leave;
  });
  await Promise.resolve();
  assert.deepEqual(order, []);
  first();
  await waiting[0];
  assert.deepEqual(order, [3]);
  (await waiting[0])?.();
  await waiting[1];
  assert.deepEqual(order, [3, 4]);
});

test('one that has been let in a while ago holds up nobody', async () => {
  const gate = new StartGate(1, 5);
  await gate.enter();
  await gate.enter();
  await gate.enter();
});

test('to leave twice lets in one alone', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const gate = new StartGate(1, HOURS);
  const leave = await gate.enter();
  let entered = 0;
  for (let count = 0; count < 2; count += 1) void Promise.resolve(gate.enter()).then(() => (entered += 1));
  leave();
  leave();
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  assert.equal(entered, 1);
});
