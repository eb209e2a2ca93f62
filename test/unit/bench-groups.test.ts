import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readGoals } from '../../scripts/bench/judge.ts';
import { GROUPS } from '../../scripts/bench/scenarios/groups.ts';

test('docs/benchmarks.md has a place for the table of each group', async () => {
  const page = await readFile(new URL('../../docs/benchmarks.md', import.meta.url), 'utf8');
  const places = [...page.matchAll(/<!-- \/([\w-]+) -->/g)].map(([, name]) => name);
  assert.deepEqual(places, ['machine', 'goals', ...GROUPS.map(({ id }) => id)]);
});

test('each goal is of a point that is measured', async () => {
  const points = GROUPS.flatMap(({ id, points: all }) => all.map(({ name }) => `${id} ${name}`));
  for (const goal of Object.keys(await readGoals())) {
    assert.ok(points.includes(goal.slice(0, goal.indexOf(':'))), goal);
  }
});
