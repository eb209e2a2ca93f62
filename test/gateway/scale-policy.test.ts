import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desiredReplicas, isIdle, settle } from '../../gateway/scale/desired-replicas.ts';
import { readScalePolicy, type ScalePolicy } from '../../gateway/scale/scale-policy.ts';

const DEFAULTS = { zeroDuration: 15 * 60_000, target: 50 };

function read(told: Record<string, string>) {
  const labels = Object.fromEntries(
    Object.entries(told).map(([name, value]) => [`com.openfaas.scale.${name}`, value]),
  );
  return readScalePolicy({ labels }, DEFAULTS);
}

function policy(labels: Record<string, string> = {}): ScalePolicy {
  return read(labels).policy;
}

test('without labels the defaults of OpenFaaS hold', () => {
  assert.deepEqual(policy(), {
    min: 1,
    max: 20,
    zero: false,
    zeroDuration: 900_000,
    type: 'rps',
    target: 50,
    targetProportion: 0.9,
    downWindow: 0,
  });
});

/** Documented, and worked out by hand: labels, ready replicas, their load in all, replicas. */
const VECTORS: [Record<string, string>, number, number, number][] = [
  [{ type: 'capacity', target: '5', 'target-proportion': '1' }, 1, 15, 3],
  [{ target: '50', 'target-proportion': '0.9' }, 2, 100, 3],
  [{ type: 'capacity', target: '10', 'target-proportion': '0.9' }, 1, 9, 1],
  [{ type: 'capacity', target: '10', 'target-proportion': '0.9' }, 1, 10, 2],
  [{ type: 'cpu', target: '500' }, 1, 1000, 3],
  [{ type: 'queue', target: '10', 'target-proportion': '1' }, 0, 95, 10],
  // 0.7 × 10 × 3 is 21.000000000000004 in floating point
  [{ target: '10', 'target-proportion': '0.7' }, 3, 0.7 * 10 * 3, 3],
  [{ max: '4' }, 1, 10_000, 4],
  [{ min: '2' }, 2, 0, 2],
  [{ min: '3', max: '3' }, 3, 10_000, 3],
];

for (const [labels, ready, total, expected] of VECTORS) {
  test(`${JSON.stringify(labels)} at ${total} over ${ready} asks for ${expected}`, () => {
    assert.equal(desiredReplicas(policy(labels), { ready, total }), expected);
  });
}

test('what cannot be read counts as not there, and is told of', () => {
  const { policy: got, warnings } = read({
    min: '0',
    max: 'many',
    type: 'moon',
    zero: 'maybe',
    'down.window': '6m',
  });
  assert.deepEqual(got, policy());
  assert.equal(warnings.length, 5);
  assert.match(
    warnings.join('\n'),
    /com\.openfaas\.scale\.min="0" has no effect: expected a whole number from 1/,
  );
});

test('more replicas than a function can have are as many as it can have', () => {
  const { policy: got, warnings } = read({ min: '5000', max: '20000' });
  assert.deepEqual([got.min, got.max, warnings], [1000, 1000, []]);
});

test('a max below min is min', () => {
  const { policy: got, warnings } = read({ min: '5', max: '2' });
  assert.equal(got.max, 5);
  assert.match(warnings[0] ?? '', /below min/);
});

test('a step down waits for down.window, a step up does not', () => {
  const slow = policy({ 'down.window': '60s' });
  let state = settle(slow, [], { at: 0, replicas: 5 });
  assert.equal(state.replicas, 5);
  state = settle(slow, state.remembered, { at: 10_000, replicas: 2 });
  assert.equal(state.replicas, 5);
  state = settle(slow, state.remembered, { at: 20_000, replicas: 7 });
  assert.equal(state.replicas, 7);
  state = settle(slow, state.remembered, { at: 30_000, replicas: 1 });
  state = settle(slow, state.remembered, { at: 79_999, replicas: 1 });
  assert.equal(state.replicas, 7);
  state = settle(slow, state.remembered, { at: 80_000, replicas: 1 });
  assert.equal(state.replicas, 1);
});

test('what is remembered stays small', () => {
  const slow = policy({ 'down.window': '5m' });
  let state = settle(slow, [], { at: 0, replicas: 1 });
  for (let at = 1; at < 10_000; at += 1)
    state = settle(slow, state.remembered, { at, replicas: 1 + (at % 3) });
  assert.ok(state.remembered.length <= 3);
});

test('only a function that asks for zero goes there, after its time', () => {
  const zero = policy({ zero: 'true', 'zero-duration': '30s' });
  assert.equal(isIdle(zero, 0, 29_999), false);
  assert.equal(isIdle(zero, 0, 30_000), true);
  assert.equal(isIdle(policy(), 0, 1e9), false);
});
