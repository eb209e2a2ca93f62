import { numbers, type Group, type Scenario } from '../comparison.ts';
import { atConnections, loading } from '../loaded.ts';
import { bare, direct, functionsFramework, spawning } from '../subjects/others.ts';
import { alone, behindHttpMode, forkMode, httpMode, inprocMode, inWatchdog } from '../subjects/watchdog.ts';

const POST = { body: 'sixteen bytes...' } as const;
const POST_JSON = { body: '{"name":"Ada"}', type: 'application/json' } as const;

/** An interpreter that has to start before it can answer. */
const ECHO = { fprocess: `node -e 'process.stdin.pipe(process.stdout)'`, cgi_headers: 'false' };

const BY_CLIENTS = {
  axis: 'clients',
  columns: ['rate', 'p50', 'p99', 'tail', 'cpu', 'ownResident', 'failures'],
  ratios: ['rate', 'p99'],
} as const satisfies Partial<Group>;

const STREAMING = forkMode('streaming');
const NODE_FORK = forkMode('streaming', 'streaming, child_process', { native_fork: 'false' });
const TWO_WORKERS = forkMode('streaming', 'streaming mode, 2 workers', { workers: '2' });
const MODES = [spawning, STREAMING, forkMode('serializing'), forkMode('classic'), NODE_FORK, TWO_WORKERS];
const PREFORK = forkMode('streaming', 'prefork=4', { ...ECHO, prefork: '4' });

/** The modes with a process for each request. */
export const FORKS: Scenario = {
  forks: {
    ...BY_CLIENTS,
    title: 'A process per request: `cat`',
    about:
      '16 bytes are posted and come back through a `cat` that is started for the request. "node spawn" is the least ' +
      'that Node can do for it: a node:http server with child_process.spawn.',
    points: numbers(1, 8, 64),
    quickPoints: numbers(8),
    open: loading(MODES, atConnections(POST), [spawning, STREAMING]),
  },
  prefork: {
    ...BY_CLIENTS,
    title: 'A process per request: an interpreter, with and without `prefork`',
    about:
      'The same through a Node that echoes its input, which stands ready before the request with `prefork`.',
    points: numbers(1),
    quickPoints: [],
    open: loading([forkMode('streaming', 'without prefork', ECHO), PREFORK], atConnections(POST)),
  },
};

const AT_50 = {
  axis: 'connections',
  points: numbers(50),
  columns: ['rate', 'p50', 'p99', 'cpu', 'resident', 'failures'],
  ratios: ['rate', 'cpu'],
} as const satisfies Partial<Group>;

const HANDLER = 'A handler that greets by name, on a bare node:http server and in each';
const BARE_BEHIND = httpMode('bare, http mode', {}, bare);
const TS_HTTP_BEHIND = behindHttpMode('ts-http');
const TS_HTTP = inWatchdog('ts-http');
const TWO_INPROC = inprocMode('inproc mode, 2 workers', { workers: '2' });
const NAMES = ['node24', 'ts-http', 'ts-web'] as const;
const ADAPTERS = [bare, ...NAMES.map(alone), functionsFramework];
const BEHIND = [bare, BARE_BEHIND, ...NAMES.map(behindHttpMode), functionsFramework];
const INPROC = [direct, inprocMode(), TWO_INPROC, httpMode()];
const INSIDE = [bare, functionsFramework, ...NAMES.map(inWatchdog)];

/** What a handler costs in our templates, with the watchdog before it, around it, and without one. */
export const TEMPLATES: Scenario = {
  'adapters-get': {
    ...AT_50,
    title: 'The templates’ adapters: GET',
    about: `${HANDLER} template, without a watchdog.`,
    quickPoints: [],
    open: loading(ADAPTERS, atConnections()),
  },
  'adapters-post': {
    ...AT_50,
    title: 'The templates’ adapters: POST of JSON',
    about: `${HANDLER} template, without a watchdog.`,
    quickPoints: [],
    open: loading(ADAPTERS, atConnections(POST_JSON)),
  },
  templates: {
    ...AT_50,
    title: 'Templates behind http mode: POST of JSON',
    about: `${HANDLER} template, behind http mode; the first "bare" has no watchdog before it.`,
    open: loading(BEHIND, atConnections(POST_JSON), [bare, TS_HTTP_BEHIND]),
  },
  inproc: {
    ...AT_50,
    title: 'A function in the watchdog’s own process',
    about: 'The small GET, answered by the same listener: by a server of its own, and in inproc mode.',
    open: loading(INPROC, atConnections(), [direct, inprocMode()]),
  },
  'inproc-templates': {
    ...AT_50,
    title: 'Templates in the watchdog’s own process: POST of JSON',
    about: 'The handler on a bare server, in functions-framework, and in templates in inproc mode.',
    open: loading(INSIDE, atConnections(POST_JSON), [bare, functionsFramework, TS_HTTP]),
  },
};
