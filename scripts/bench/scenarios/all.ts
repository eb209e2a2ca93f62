import type { Scenario } from '../scenario.ts';
import { bodies } from './bodies.ts';
import { connections } from './connections.ts';
import { forks } from './forks.ts';
import { http } from './http.ts';
import { inproc } from './inproc.ts';
import { memory } from './memory.ts';
import { slowReaders } from './slow-readers.ts';
import { start } from './start.ts';
import { templates } from './templates.ts';
import { upstreams } from './upstreams.ts';
import { workers } from './workers.ts';

/** All scenarios, in the order of the report. */
export const SCENARIOS: readonly Scenario[] = [
  http,
  connections,
  bodies,
  slowReaders,
  upstreams,
  inproc,
  forks,
  workers,
  templates,
  start,
  memory,
];
