import { loaded } from '../contenders.ts';
import type { Lab } from '../lab.ts';
import { numbers, type Group, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { spawning } from '../subjects/others.ts';
import { forkMode } from '../subjects/watchdog.ts';

const POST = { method: 'POST', body: 'sixteen bytes...' } as const;

/** An interpreter that has to start before it can answer. */
const ECHO = `node -e 'process.stdin.pipe(process.stdout)'`;

const SHOWN = {
  axis: 'clients',
  columns: ['rate', 'p50', 'p99', 'tail', 'cpu', 'ownResident', 'failures'],
  ratios: ['rate', 'p99'],
} as const satisfies Partial<Group>;

function modes(lab: Lab): Group {
  const others = () => [
    forkMode(lab, 'serializing'),
    forkMode(lab, 'classic'),
    ...(lab.has('native_fork')
      ? [forkMode(lab, 'streaming', { native_fork: 'false' }, 'streaming, child_process')]
      : []),
  ];
  return {
    id: 'forks',
    title: 'A process per request: `cat`',
    about:
      '16 bytes are posted and come back through a `cat` that is started for the request. "node spawn" is the least ' +
      'that Node can do for it: a node:http server with child_process.spawn.',
    ...SHOWN,
    points: lab.isCheck ? numbers(8) : numbers(1, 8, 64),
    rounds: lab.isCheck ? 3 : 5,
    seconds: lab.isCheck ? 1 : 2,
    charts: [{ kind: 'bars', figure: 'rate', asRatio: true }],
    open: (stage: Stage) => {
      const subjects = [spawning(lab), forkMode(lab, 'streaming'), ...(lab.isCheck ? [] : others())];
      return loaded(stage, subjects, POST, false);
    },
  };
}

function prefork(lab: Lab): Group {
  const settings = { fprocess: ECHO, cgi_headers: 'false' };
  return {
    id: 'prefork',
    title: 'A process per request: an interpreter, with and without `prefork`',
    about:
      'The same through a Node that echoes its input, which stands ready before the request with `prefork`.',
    ...SHOWN,
    points: numbers(1),
    rounds: 5,
    seconds: 2,
    charts: [],
    open: (stage: Stage) =>
      loaded(
        stage,
        [
          forkMode(lab, 'streaming', settings, 'without prefork'),
          forkMode(lab, 'streaming', { ...settings, prefork: '4' }, 'prefork=4'),
        ],
        POST,
        false,
      ),
  };
}

/** The modes with a process for each request. */
export const forks: Scenario = {
  name: 'forks',
  groups: async (lab) => [modes(lab), ...(!lab.isCheck && lab.has('prefork') ? [prefork(lab)] : [])],
};
