import type { Lab } from '../lab.ts';
import { atConnections, loaded } from '../loaded.ts';
import { numbers, type Group, type Scenario } from '../scenario.ts';
import { spawning } from '../subjects/others.ts';
import { forkMode } from '../subjects/watchdog.ts';

const POST = { method: 'POST', body: 'sixteen bytes...' } as const;

/** An interpreter that has to start before it can answer. */
const ECHO = { fprocess: `node -e 'process.stdin.pipe(process.stdout)'`, cgi_headers: 'false' };

const SHOWN = {
  axis: 'clients',
  columns: ['rate', 'p50', 'p99', 'tail', 'cpu', 'ownResident', 'failures'],
  ratios: ['rate', 'p99'],
} as const satisfies Partial<Group>;

function modes(lab: Lab): Group {
  const others = () => [
    forkMode(lab, 'serializing'),
    forkMode(lab, 'classic'),
    forkMode(lab, 'streaming', { native_fork: 'false' }, 'streaming, child_process'),
    forkMode(lab, 'streaming', { workers: '2' }, 'streaming mode, 2 workers'),
  ];
  return {
    id: 'forks',
    title: 'A process per request: `cat`',
    about:
      '16 bytes are posted and come back through a `cat` that is started for the request. "node spawn" is the least ' +
      'that Node can do for it: a node:http server with child_process.spawn.',
    ...SHOWN,
    points: lab.isCheck ? numbers(8) : numbers(1, 8, 64),
    open: () => {
      const subjects = [spawning(lab), forkMode(lab, 'streaming'), ...(lab.isCheck ? [] : others())];
      return loaded(lab, subjects, atConnections(POST));
    },
  };
}

function prefork(lab: Lab): Group {
  return {
    id: 'prefork',
    title: 'A process per request: an interpreter, with and without `prefork`',
    about:
      'The same through a Node that echoes its input, which stands ready before the request with `prefork`.',
    ...SHOWN,
    points: numbers(1),
    open: () => {
      const subjects = [
        forkMode(lab, 'streaming', ECHO, 'without prefork'),
        forkMode(lab, 'streaming', { ...ECHO, prefork: '4' }, 'prefork=4'),
      ];
      return loaded(lab, subjects, atConnections(POST));
    },
  };
}

/** The modes with a process for each request. */
export const forks: Scenario = {
  name: 'forks',
  groups: async (lab) => [modes(lab), ...(lab.isCheck ? [] : [prefork(lab)])],
};
