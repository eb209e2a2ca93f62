import { loaded } from '../contenders.ts';
import type { Lab } from '../lab.ts';
import { numbers, type Group, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { forkMode, httpMode, inprocMode } from '../subjects/watchdog.ts';

const TWO = { workers: '2' };

const SHOWN = {
  columns: ['rate', 'p50', 'p99', 'cpu', 'resident', 'failures'],
  ratios: ['rate', 'p99', 'cpu', 'resident'],
  charts: [{ kind: 'bars', figure: 'rate', asRatio: true }],
  rounds: 5,
  seconds: 2,
} as const satisfies Partial<Group>;

const ABOUT =
  'by the watchdog’s own process alone, and by two. On a machine whose processors are busy without it there is nothing to gain.';

function overHttp(lab: Lab): Group {
  return {
    id: 'workers-http',
    title: 'More than one process on the port: a small GET through http mode',
    about: `The small GET of the first table is forwarded to the one process of the function: ${ABOUT}`,
    axis: 'connections',
    points: numbers(50, 500),
    ...SHOWN,
    open: (stage: Stage) =>
      loaded(stage, [httpMode(lab), httpMode(lab, TWO, 'http mode, 2 workers')], { method: 'GET' }),
  };
}

function inprocGroup(lab: Lab): Group {
  const listener = lab.programs['function-listener'];
  return {
    id: 'workers-inproc',
    title: 'More than one process on the port: a function in the watchdog’s own process',
    about: `The same GET is answered in inproc mode: ${ABOUT}`,
    axis: 'connections',
    points: numbers(50),
    ...SHOWN,
    open: (stage: Stage) =>
      loaded(
        stage,
        [inprocMode(lab, 'inproc mode', listener), inprocMode(lab, 'inproc mode, 2 workers', listener, TWO)],
        { method: 'GET' },
      ),
  };
}

function forks(lab: Lab): Group {
  return {
    id: 'workers-forks',
    title: 'More than one process on the port: `cat` for each request',
    about: `16 bytes come back through a \`cat\` that is started for the request: ${ABOUT}`,
    axis: 'clients',
    points: numbers(8),
    ...SHOWN,
    open: (stage: Stage) =>
      loaded(
        stage,
        [forkMode(lab, 'streaming'), forkMode(lab, 'streaming', TWO, 'streaming mode, 2 workers')],
        { method: 'POST', body: 'sixteen bytes...' },
        false,
      ),
  };
}

/** One process of the watchdog, and several. */
export const workers: Scenario = {
  name: 'workers',
  groups: async (lab) =>
    lab.isCheck || !lab.has('workers') ? [] : [overHttp(lab), inprocGroup(lab), forks(lab)],
};
