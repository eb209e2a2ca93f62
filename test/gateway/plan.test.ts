import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  planInstances,
  type PlanFacts,
  type InstanceFacts,
  type VersionFacts,
} from '../../gateway/providers/instances/instance-plan.ts';

/** The next actions of the process provider for a function's instances. */

const NOW = 1_000_000;

function version(phases: readonly InstanceFacts['phase'][], more: Partial<VersionFacts> = {}): VersionFacts {
  const instances = phases.map((phase, at) => ({
    id: `${more.hasServed === true ? 'old' : 'new'}-${at}`,
    phase,
  }));
  return { instances, hasServed: false, failures: 0, lastFailureAt: 0, ...more };
}

const facts = (more: Partial<PlanFacts>): PlanFacts => ({
  replicas: 1,
  current: version([]),
  canOverlap: true,
  retriesUpdate: true,
  ...more,
});
const FAILED = { failures: 1, lastFailureAt: NOW };

test('the version before serves until the current one does, which is tried again where it fails', () => {
  const previous = version(['serving'], { hasServed: true });
  assert.deepEqual(planInstances(facts({ previous }), NOW), { startCurrent: 1, startPrevious: 0, stop: [] });
  const again = planInstances(facts({ previous, current: version([], FAILED) }), NOW);
  assert.deepEqual(again, { startCurrent: 1, startPrevious: 0, stop: [] });
  const done = planInstances(facts({ previous, current: version(['serving']) }), NOW);
  assert.deepEqual(done.stop, ['old-0']);
});

test('where both cannot run at a time the one before goes first, and comes back if the current one fails', () => {
  const previous = version(['serving'], { hasServed: true });
  const first = planInstances(facts({ previous, canOverlap: false }), NOW);
  assert.deepEqual(first, { startCurrent: 0, startPrevious: 0, stop: ['old-0'] });
  const gone = version([], { hasServed: true });
  assert.equal(planInstances(facts({ previous: gone, canOverlap: false }), NOW).startCurrent, 1);
  const current = version([], FAILED);
  const back = planInstances(facts({ previous: gone, current, canOverlap: false }), NOW);
  assert.deepEqual(back, { startCurrent: 0, startPrevious: 1, stop: [] });
  const stays = planInstances(facts({ previous, current, canOverlap: false }), NOW + 3_600_000);
  assert.deepEqual(stays, { startCurrent: 0, startPrevious: 0, stop: [] });
});

test('for a developer a version that fails is not tried again, unless it has served', () => {
  const previous = version(['serving'], { hasServed: true });
  const failed = facts({ previous, current: version([], FAILED), retriesUpdate: false });
  assert.deepEqual(planInstances(failed, NOW), { startCurrent: 0, startPrevious: 0, stop: [] });
  const served = facts({ current: version([], { ...FAILED, hasServed: true }), retriesUpdate: false });
  assert.equal(planInstances(served, NOW).startCurrent, 1);
});
