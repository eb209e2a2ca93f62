import type { NamedGroup, Scenario } from '../comparison.ts';
import { ASYNC } from './async.ts';
import { FORKS, GATEWAY, HTTP, TEMPLATES } from './loads.ts';
import { MEMORY } from './memory.ts';
import { COLD_START, START } from './start.ts';

/** In the order of the report. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  http: HTTP,
  gateway: GATEWAY,
  forks: FORKS,
  templates: TEMPLATES,
  start: START,
  'cold-start': COLD_START,
  memory: MEMORY,
  async: ASYNC,
};

/** The names to ask for. */
export const NAMES = Object.keys(SCENARIOS);

/** All that is measured. */
export const GROUPS: readonly NamedGroup[] = Object.entries(SCENARIOS).flatMap(([scenario, groups]) =>
  Object.entries(groups).map(([id, group]) => ({ scenario, id, ...group })),
);
