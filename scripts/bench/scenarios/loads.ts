import { points, type Group, type Point, type Scenario } from '../comparison.ts';
import { MIB } from '../figures.ts';
import { atConnections, loaded, type Request } from '../loaded.ts';
import { BASE, gateway } from '../subjects/gateway.ts';
import {
  bare,
  direct,
  functionsFramework,
  haproxy,
  httpProxy,
  replyFrom,
  spawning,
} from '../subjects/others.ts';
import { alone, behindHttpMode, forkMode, httpMode, inprocMode, inWatchdog } from '../subjects/watchdog.ts';

/** Big answers go over few connections, so that some end within a second on a slow machine. */
const [CONNECTIONS, FEW_CONNECTIONS] = [8, 2];

function answerOf({ value }: Point): Request {
  return { path: `/bytes/${value}`, connections: value > MIB ? FEW_CONNECTIONS : CONNECTIONS };
}

function uploadOf({ value }: Point): Request {
  return { body: value, connections: CONNECTIONS };
}

const SMALL = {
  axis: 'connections',
  columns: ['rate', 'p50', 'p99', 'cpu', 'ownCpu', 'resident', 'failures'],
  ratios: ['rate', 'p99'],
} as const satisfies Partial<Group>;

const BODIES = {
  columns: ['rate', 'byteRate', 'byteCpu', 'ownResident', 'failures'],
  ratios: ['byteRate'],
} as const satisfies Partial<Group>;

const OURS = [direct, httpMode()];
const ALL = [...OURS, haproxy, httpProxy(), replyFrom()];
const TWO_WORKERS = httpMode('http mode, 2 workers', { workers: '2' });

/** Small requests, and bodies of all sizes: to the function directly, through http mode, and through other proxies. */
export const HTTP: Scenario = {
  http: {
    ...SMALL,
    points: points(1, 50, 500, 2500),
    quickPoints: points(50, 500),
    contenders: loaded([...ALL, TWO_WORKERS], atConnections()),
    quick: OURS,
  },
  // Alone beside http mode, so that their turns lie close together.
  haproxy: {
    ...SMALL,
    points: points(1, 50, 500),
    quickPoints: [],
    rounds: 9,
    contenders: loaded([haproxy, httpMode()], atConnections()),
  },
  answers: {
    axis: 'answer',
    ...BODIES,
    points: points(1024, 16_384, 131_072, MIB, 64 * MIB),
    quickPoints: points(64 * MIB),
    contenders: loaded(ALL, answerOf),
    quick: OURS,
  },
  uploads: {
    axis: 'upload',
    ...BODIES,
    points: points(1024, 65_536, MIB),
    quickPoints: points(MIB),
    contenders: loaded(ALL, uploadOf),
    quick: OURS,
  },
};

const BEHIND = inprocMode('function');
const QUICK_GATEWAYS = [inprocMode('direct'), gateway(), replyFrom(BEHIND, BASE)];
const GATEWAYS = QUICK_GATEWAYS.toSpliced(2, 0, httpProxy(BEHIND, BASE));

/** The gateway beside gateways that other proxies make. */
export const GATEWAY: Scenario = {
  gateway: {
    axis: 'connections',
    columns: ['rate', 'p50', 'p99', 'cpu', 'ownCpu', 'ownResident', 'failures'],
    ratios: ['rate', 'p99'],
    points: points(1, 50, 500),
    quickPoints: points(50, 500),
    contenders: loaded(GATEWAYS, atConnections()),
    quick: QUICK_GATEWAYS,
  },
  'gateway-answers': {
    axis: 'answer',
    ...BODIES,
    points: points(64 * MIB),
    contenders: loaded(GATEWAYS, answerOf),
    quick: QUICK_GATEWAYS,
  },
  'gateway-uploads': {
    axis: 'upload',
    ...BODIES,
    points: points(MIB),
    contenders: loaded(GATEWAYS, uploadOf),
    quick: QUICK_GATEWAYS,
  },
};

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
const TWO_FORKING = forkMode('streaming', 'streaming mode, 2 workers', { workers: '2' });
const MODES = [spawning, STREAMING, forkMode('serializing'), forkMode('classic'), NODE_FORK, TWO_FORKING];
const PREFORK = forkMode('streaming', 'prefork=4', { ...ECHO, prefork: '4' });

/** The modes with a process for each request. */
export const FORKS: Scenario = {
  forks: {
    ...BY_CLIENTS,
    points: points(1, 8, 64),
    quickPoints: points(8),
    contenders: loaded(MODES, atConnections(POST)),
    quick: [spawning, STREAMING],
  },
  prefork: {
    ...BY_CLIENTS,
    points: points(1),
    quickPoints: [],
    contenders: loaded([forkMode('streaming', 'without prefork', ECHO), PREFORK], atConnections(POST)),
  },
};

const AT_50 = {
  axis: 'connections',
  points: points(50),
  columns: ['rate', 'p50', 'p99', 'cpu', 'resident', 'failures'],
  ratios: ['rate', 'cpu'],
} as const satisfies Partial<Group>;

const ADAPTERS = [bare, alone('node24'), alone('ts-http'), alone('ts-web'), functionsFramework];

const BARE = httpMode('bare, http mode', {}, bare);
const [NODE24, TS_HTTP, TS_WEB] = [
  behindHttpMode('node24'),
  behindHttpMode('ts-http'),
  behindHttpMode('ts-web'),
];
const TEMPLATES_BEHIND = [bare, BARE, NODE24, TS_HTTP, TS_WEB, functionsFramework];

const INPROC = inprocMode();
const TWO_INPROC = inprocMode('inproc mode, 2 workers', { workers: '2' });
const TS_HTTP_INPROC = inWatchdog('ts-http');
const INSIDE = [bare, functionsFramework, inWatchdog('node24'), TS_HTTP_INPROC, inWatchdog('ts-web')];

/** The costs of a handler in our templates: behind the watchdog, inside it, and without one. */
export const TEMPLATES: Scenario = {
  'adapters-get': {
    ...AT_50,
    quickPoints: [],
    contenders: loaded(ADAPTERS, atConnections()),
  },
  'adapters-post': {
    ...AT_50,
    quickPoints: [],
    contenders: loaded(ADAPTERS, atConnections(POST_JSON)),
  },
  templates: {
    ...AT_50,
    contenders: loaded(TEMPLATES_BEHIND, atConnections(POST_JSON)),
    quick: [bare, TS_HTTP],
  },
  inproc: {
    ...AT_50,
    contenders: loaded([direct, INPROC, TWO_INPROC, httpMode()], atConnections()),
    quick: [direct, INPROC],
  },
  'inproc-templates': {
    ...AT_50,
    contenders: loaded(INSIDE, atConnections(POST_JSON)),
    quick: [bare, functionsFramework, TS_HTTP_INPROC],
  },
};
