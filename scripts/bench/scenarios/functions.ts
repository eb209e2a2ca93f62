import { numbers, type Group } from '../comparison.ts';
import { atConnections, loading } from '../load/load.ts';
import { bare, direct, functionsFramework, spawning } from '../subjects/others.ts';
import { alone, behindHttpMode, inWatchdog } from '../subjects/templates.ts';
import { forkMode, httpMode, inprocMode } from '../subjects/watchdog.ts';

const POST = { method: 'POST', body: 'sixteen bytes...' } as const;
const POST_JSON = { method: 'POST', body: '{"name":"Ada"}', type: 'application/json' } as const;

/** An interpreter that has to start before it can answer. */
const ECHO = { fprocess: `node -e 'process.stdin.pipe(process.stdout)'`, cgi_headers: 'false' };

const FORKS = {
  scenario: 'forks',
  axis: 'clients',
  columns: ['rate', 'p50', 'p99', 'tail', 'cpu', 'ownResident', 'failures'],
  ratios: ['rate', 'p99'],
} as const satisfies Partial<Group>;

const QUICK_MODES = [spawning, forkMode('streaming')];
const MODES = [
  ...QUICK_MODES,
  forkMode('serializing'),
  forkMode('classic'),
  forkMode('streaming', 'streaming, child_process', { native_fork: 'false' }),
  forkMode('streaming', 'streaming mode, 2 workers', { workers: '2' }),
];

/** The modes with a process for each request. */
const FORK_GROUPS: readonly Group[] = [
  {
    ...FORKS,
    id: 'forks',
    title: 'A process per request: `cat`',
    about:
      '16 bytes are posted and come back through a `cat` that is started for the request. "node spawn" is the least ' +
      'that Node can do for it: a node:http server with child_process.spawn.',
    points: numbers(1, 8, 64),
    quickPoints: numbers(8),
    open: loading(MODES, atConnections(POST), QUICK_MODES),
  },
  {
    ...FORKS,
    id: 'prefork',
    title: 'A process per request: an interpreter, with and without `prefork`',
    about:
      'The same through a Node that echoes its input, which stands ready before the request with `prefork`.',
    points: numbers(1),
    quickPoints: [],
    open: loading(
      [
        forkMode('streaming', 'without prefork', ECHO),
        forkMode('streaming', 'prefork=4', { ...ECHO, prefork: '4' }),
      ],
      atConnections(POST),
    ),
  },
];

const TEMPLATES = {
  scenario: 'templates',
  axis: 'connections',
  points: numbers(50),
  columns: ['rate', 'p50', 'p99', 'cpu', 'resident', 'failures'],
  ratios: ['rate', 'cpu'],
} as const satisfies Partial<Group>;

const HANDLER = 'A handler that greets by name, on a bare node:http server and in each';
const NAMES = ['node24', 'ts-http', 'ts-web'] as const;
const ADAPTERS = [bare, ...NAMES.map(alone), functionsFramework];
const BARE_BEHIND = httpMode('bare, http mode', {}, bare);

/** What a handler costs in our templates, with the watchdog before it, around it, and without one. */
const TEMPLATE_GROUPS: readonly Group[] = [
  {
    ...TEMPLATES,
    id: 'adapters-get',
    title: 'The templates’ adapters: GET',
    about: `${HANDLER} template, without a watchdog.`,
    quickPoints: [],
    open: loading(ADAPTERS, atConnections()),
  },
  {
    ...TEMPLATES,
    id: 'adapters-post',
    title: 'The templates’ adapters: POST of JSON',
    about: `${HANDLER} template, without a watchdog.`,
    quickPoints: [],
    open: loading(ADAPTERS, atConnections(POST_JSON)),
  },
  {
    ...TEMPLATES,
    id: 'templates',
    title: 'Templates behind http mode: POST of JSON',
    about: `${HANDLER} template, behind http mode; the first "bare" has no watchdog before it.`,
    open: loading(
      [bare, BARE_BEHIND, ...NAMES.map(behindHttpMode), functionsFramework],
      atConnections(POST_JSON),
      [bare, behindHttpMode('ts-http')],
    ),
  },
  {
    ...TEMPLATES,
    id: 'inproc',
    title: 'A function in the watchdog’s own process',
    about: 'The small GET, answered by the same listener: by a server of its own, and in inproc mode.',
    open: loading(
      [direct, inprocMode(), inprocMode('inproc mode, 2 workers', { workers: '2' }), httpMode()],
      atConnections(),
      [direct, inprocMode()],
    ),
  },
  {
    ...TEMPLATES,
    id: 'inproc-templates',
    title: 'Templates in the watchdog’s own process: POST of JSON',
    about: 'The handler on a bare server, in functions-framework, and in templates in inproc mode.',
    open: loading([bare, functionsFramework, ...NAMES.map(inWatchdog)], atConnections(POST_JSON), [
      bare,
      functionsFramework,
      inWatchdog('ts-http'),
    ]),
  },
];

/** What a function costs in each mode, and in each template. */
export const FUNCTIONS: readonly Group[] = [...FORK_GROUPS, ...TEMPLATE_GROUPS];
