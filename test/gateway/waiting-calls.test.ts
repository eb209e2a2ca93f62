import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallRecord } from '../../gateway/async/async-call.ts';
import { CallHistory } from '../../gateway/async/call-history.ts';
import { WaitingCalls } from '../../gateway/async/waiting-calls.ts';

let ids = 0;

function record(given: Partial<CallRecord> & { readonly function?: string } = {}): CallRecord {
  ids += 1;
  return {
    id: String(1000 + ids),
    callId: `call-${ids}`,
    name: { name: given.function ?? 'fn', namespace: 'openfaas-fn' },
    calledAs: 'fn',
    queue: 'faas-request',
    state: 'waiting',
    callback: 'none',
    tries: 0,
    submittedAt: 0,
    dueAt: 0,
    bytes: 10,
    ...given,
  };
}

function takeAll(waiting: WaitingCalls, now: number): CallRecord[] {
  const taken: CallRecord[] = [];
  for (let next = waiting.take(now); next; next = waiting.take(now)) taken.push(next);
  return taken;
}

test('more calls than fit on a stack can become due at one moment', () => {
  const waiting = new WaitingCalls(() => 50);
  for (let count = 0; count < 300_000; count += 1) waiting.add(record({ dueAt: 1000 }), 0);
  assert.equal(takeAll(waiting, 999).length, 0);
  assert.equal(takeAll(waiting, 1000).length, 50);
});

test('calls that were cancelled are not kept until their time comes', () => {
  const waiting = new WaitingCalls(() => 50);
  const later = Array.from({ length: 1000 }, () => record({ dueAt: 86_400_000 }));
  for (const call of later) waiting.add(call, 0);
  for (const call of later) waiting.remove(call);
  assert.equal(waiting.nextDue(), undefined);
  assert.equal(waiting.size, 0);
});

test('functions whose calls wait for another try take no share of those that can run', () => {
  const waiting = new WaitingCalls(() => 8);
  for (let count = 0; count < 7; count += 1)
    waiting.add(record({ function: `later-${count}`, dueAt: 1e6 }), 0);
  for (let count = 0; count < 20; count += 1) waiting.add(record({ function: 'busy' }), 0);
  assert.equal(takeAll(waiting, 0).length, 8);
});

test('functions share what a queue may run at a time, and each has at least one', () => {
  const waiting = new WaitingCalls(() => 4);
  for (let count = 0; count < 20; count += 1) waiting.add(record({ function: 'a' }), 0);
  for (let count = 0; count < 20; count += 1) waiting.add(record({ function: 'b' }), 0);
  const names = takeAll(waiting, 0).map(({ name }) => name.name);
  assert.deepEqual(names, ['a', 'b', 'a', 'b']);
  waiting.add(record({ function: 'c' }), 0);
  assert.deepEqual(
    takeAll(waiting, 0).map(({ name }) => name.name),
    ['c'],
  );
});

test('calls that went well push out no dead ones, whose bodies have a bound of their own', () => {
  const history = new CallHistory({ keepFor: 1e9, keepMost: 10, keepBytes: 35 });
  const dead = Array.from({ length: 5 }, () => record({ state: 'dead', finishedAt: 1 }));
  for (const call of dead) history.set(call);
  for (let count = 0; count < 100; count += 1) history.set(record({ state: 'done', finishedAt: 2 }));
  history.expire(3);
  assert.equal(history.list({ most: 1000, state: 'done' }).length, 10);
  const kept = history.list({ most: 1000, state: 'dead' }).map(({ id }) => id);
  assert.deepEqual(
    kept,
    dead
      .slice(2)
      .map(({ id }) => id)
      .reverse(),
  );
});

test('calls that wait or run are never dropped from what is known', () => {
  const history = new CallHistory({ keepFor: 1, keepMost: 0, keepBytes: 0 });
  history.set(record());
  history.set(record({ state: 'dead', finishedAt: 1 }));
  history.expire(1e9);
  assert.deepEqual(
    history.list({ most: 10 }).map(({ state }) => state),
    ['waiting'],
  );
});
