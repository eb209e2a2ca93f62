import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallCounter } from '../../gateway/observe/call-counter.ts';
import { historyJson } from '../../gateway/observe/history.ts';
import { LiveState, type Seen } from '../../gateway/observe/live-state.ts';
import { quantile } from '../../gateway/observe/quantile.ts';
import { Track } from '../../gateway/observe/track.ts';
import type { FunctionView } from '../../gateway/observe/function-view.ts';
import { InvocationMetrics } from '../../gateway/metrics/invocation-metrics.ts';
import { startBeforeProvider } from '../support/of-gateway.ts';
import { until } from '../support/wait.ts';
import { deployment } from './deployments.ts';

interface History {
  readonly start: string;
  readonly stepSeconds: number;
  readonly lines: Readonly<Record<string, readonly (number | null)[]>>;
}

const STATUS = {
  deployment: deployment(),
  replicas: 2,
  availableReplicas: 1,
  createdAt: new Date(0),
  notes: [],
};
const NAME = { name: 'fn', namespace: 'openfaas-fn' };

function history(track: Track, window: '5m' | '1h' | '24h', now: number): History {
  return historyJson(track, window, now) as History;
}

test('the API gives the last minutes of a function, and refuses what it does not know', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  await gateway.request({ path: '/function/f' });
  for (const window of ['5m', '1h', '24h']) {
    const { status } = await gateway.api('GET', `/system/history/f?window=${window}`);
    assert.equal(status, 200);
  }
  const seen = async (): Promise<boolean> => {
    const { lines } = JSON.parse((await gateway.api('GET', '/system/history/f')).text) as History;
    return (
      (lines['2xx'] ?? []).some((rate) => (rate ?? 0) > 0) && (lines['p95'] ?? []).some((ms) => ms !== null)
    );
  };
  await until(seen, 'the call in the history');
  assert.equal((await gateway.api('GET', '/system/history/f?window=1y')).status, 400);
  assert.equal((await gateway.api('GET', '/system/history/ghost')).status, 404);
});

test('a day of looks is 24 hours of steps, and what is older is gone', () => {
  const track = new Track();
  const metrics = new InvocationMetrics();
  const day = 24 * 3600;
  const begin = Date.UTC(2026, 0, 31);
  for (let second = 0; second < day + 3600; second += 5) {
    metrics.started('fn.openfaas-fn');
    metrics.ended('fn.openfaas-fn', second % 50 === 0 ? 500 : 200, 0.003);
    track.add(STATUS, metrics.callsOf(NAME), { cpu: 7, totalMemoryBytes: 1000 }, begin + second * 1000);
  }
  const now = begin + (day + 3600 - 1) * 1000;
  const { start, stepSeconds, lines } = history(track, '24h', now);
  assert.equal(stepSeconds, 900);
  assert.equal(start, new Date(begin + 3600 * 1000).toISOString());
  assert.deepEqual(new Set(lines['2xx']), new Set([0.18]));
  assert.deepEqual(new Set(lines['5xx']), new Set([0.02]));
  assert.deepEqual(new Set(lines['memory']), new Set([1000]));
  assert.deepEqual(new Set(lines['availableReplicas']), new Set([1]));
  const minutes = history(track, '5m', now + 120_000).lines['2xx'] ?? [];
  assert.deepEqual(
    minutes.slice(-24),
    Array.from({ length: 24 }, () => null),
    'nothing was seen since',
  );
});

test('counts that begin again are no negative rate', () => {
  const metrics = new InvocationMetrics();
  const counter = new CallCounter();
  const call = (): void => {
    metrics.started('fn.openfaas-fn');
    metrics.ended('fn.openfaas-fn', 200, 1);
  };
  call();
  call();
  assert.equal(counter.added(metrics.callsOf(NAME))[0], 2);
  metrics.forget(NAME);
  call();
  assert.equal(counter.added(metrics.callsOf(NAME))[0], 1);
  assert.equal(counter.added(undefined)[0], 0);
});

test('quantiles are those of Prometheus for the same buckets', () => {
  const counts = [0, 0, 4, 4, 0, 0, 0, 0, 0, 0, 2, 0];
  assert.equal(quantile(counts, 0.2), 0.01 + 0.015 / 2);
  assert.equal(quantile(counts, 0.5), 0.025 + 0.025 / 4);
  assert.equal(quantile(counts, 0.95), 5 + 5 * 0.75);
  assert.equal(quantile([...Array.from({ length: 11 }, () => 0), 3], 0.5), 10);
  assert.equal(quantile([0, 0], 0.5), undefined);
});

test('a reader who has missed too many removals is told everything again', () => {
  const state = new LiveState();
  const seen = (names: readonly string[]): Seen => ({
    functions: new Map(names.map((name) => [name, { name } as unknown as FunctionView])),
    queues: [],
    schedules: [],
    problem: '',
  });
  const many = Array.from({ length: 10_001 }, (_, at) => `f${at}`);
  state.set(seen(many));
  const before = state.version;
  state.set(seen(many.slice(1)));
  assert.deepEqual(state.since(before)?.removed, ['f0']);
  assert.equal(state.set(seen(many.slice(1))), false, 'nothing new');
  state.set(seen([]));
  assert.equal(state.since(before), undefined);
  assert.deepEqual(state.since(state.version)?.removed, []);
});
