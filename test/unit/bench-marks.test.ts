import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, Row } from '../../scripts/bench/comparison.ts';
import { faultOf, isAsGood, judge, readGoals, type Goals } from '../../scripts/bench/judge.ts';

const RATE = 'http 50: http mode, rate of direct';
const P99 = 'http 50: http mode, p99 of direct';

function row(contender: string, rounds: Row['rounds']): Row {
  return { contender, point: { name: '50', value: 50 }, rounds };
}

/** The first table of the report, with these rounds. */
function finding(direct: Row['rounds'], httpMode: Row['rounds']): Finding {
  const shown = { title: '', about: '', axis: '', columns: [], ratios: [] };
  return {
    id: 'http',
    scenario: 'http',
    ...shown,
    rows: [row('direct', direct), row('http mode', httpMode)],
  };
}

test('a ratio is the median of the ratios of the rounds, not the ratio of the medians', () => {
  // a machine that slowed down between the rounds: the medians, 100 and 100, say nothing
  const direct = [{ rate: 1000 }, { rate: 100 }, { rate: 10 }];
  const httpMode = [{ rate: 500 }, { rate: 50 }, { rate: 100 }];
  const [verdict] = judge([finding(direct, httpMode)], { [RATE]: {} });
  assert.equal(verdict?.seen, 0.5);
  assert.equal(isAsGood(verdict, 0.5), true);
  assert.equal(isAsGood(verdict, 0.51), false);
});

test('a ratio falls when it is worse than its mark by more than a quarter, in its own direction', () => {
  const measured = finding([{ rate: 100, p99: 1 }], [{ rate: 44, p99: 2.8 }]);
  const fallenAt = (goals: Goals): string[] =>
    judge([measured], goals)
      .filter(faultOf)
      .map(({ id }) => id);
  assert.deepEqual(fallenAt({ [RATE]: { mark: 0.58 }, [P99]: { mark: 2.2 } }), []);
  assert.deepEqual(fallenAt({ [RATE]: { mark: 0.6 }, [P99]: { mark: 2.2 } }), [RATE]);
  assert.deepEqual(fallenAt({ [RATE]: { mark: 0.58 }, [P99]: { mark: 2 } }), [P99]);
});

test('a request that fails is a fault whatever the rate, and is no goal met', () => {
  const [verdict] = judge([finding([{ rate: 100 }], [{ rate: 90, failures: 1 }])], { [RATE]: {} });
  assert.ok(verdict);
  assert.equal(isAsGood(verdict, 0.6), false);
  assert.match(faultOf(verdict) ?? '', /1 requests failed/);
});

test('what was not measured is not judged', () => {
  assert.deepEqual(judge([finding([{ rate: 100 }], [])], { [RATE]: { aim: 0.6 } }), []);
});

test('each goal in the file names a figure', async () => {
  const goals = await readGoals();
  assert.ok(Object.keys(goals).length > 0);
  assert.deepEqual(judge([], goals), []);
});
