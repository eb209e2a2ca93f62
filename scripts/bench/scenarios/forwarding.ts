import { numbers, sizes, type Group, type Point, type Scenario } from '../comparison.ts';
import { MIB } from '../figures.ts';
import { atConnections, loading, type Request } from '../loaded.ts';
import { BASE, gateway } from '../subjects/gateway.ts';
import { direct, haproxy, httpProxy, replyFrom } from '../subjects/others.ts';
import { httpMode, inprocMode } from '../subjects/watchdog.ts';

/** Of big answers there are few connections, so that some end within a second on a slow machine. */
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

/** http mode, directly, and through what others use to forward: small requests, and bodies of all sizes. */
export const HTTP: Scenario = {
  http: {
    title: 'A small GET through http mode',
    about:
      'The function answers 37 bytes. It is asked directly, and behind each forwarder, which starts it as a process ' +
      'of its own. Processor time and memory are of the forwarder and the function together; "its own" is the ' +
      "forwarder's. A round is a second longer for each 1,000 connections, as they are opened within it.",
    ...SMALL,
    points: numbers(1, 50, 500, 2500),
    quickPoints: numbers(50, 500),
    open: loading([...ALL, TWO_WORKERS], atConnections(), OURS),
  },
  // Alone beside http mode, so that their turns lie close together.
  haproxy: {
    title: 'A small GET: http mode beside HAProxy',
    about: 'HAProxy runs with one thread and `http-reuse always` before the same function.',
    ...SMALL,
    points: numbers(1, 50, 500),
    quickPoints: [],
    rounds: 9,
    open: loading([haproxy, httpMode()], atConnections()),
  },
  answers: {
    title: 'Answers of up to 64 MiB through http mode',
    about: `The function answers with a Content-Length. ${CONNECTIONS} connections, ${FEW_CONNECTIONS} above 1 MiB.`,
    axis: 'answer',
    ...BODIES,
    points: sizes(1024, 16_384, 131_072, MIB, 64 * MIB),
    quickPoints: sizes(64 * MIB),
    open: loading(ALL, answerOf, OURS),
  },
  uploads: {
    title: 'Uploads of up to 1 MiB through http mode',
    about: `POST with a Content-Length; the function counts what arrives. ${CONNECTIONS} connections.`,
    axis: 'upload',
    ...BODIES,
    points: sizes(1024, 65_536, MIB),
    quickPoints: sizes(MIB),
    open: loading(ALL, uploadOf, OURS),
  },
};

const BEHIND = inprocMode('function');
const QUICK_GATEWAYS = [inprocMode('direct'), gateway(), replyFrom(BEHIND, BASE)];
const GATEWAYS = QUICK_GATEWAYS.toSpliced(2, 0, httpProxy(BEHIND, BASE));

const GATEWAY_BODIES = {
  columns: ['byteRate', 'byteCpu', 'ownResident', 'failures'],
  ratios: ['byteRate'],
} as const satisfies Partial<Group>;

/** The gateway beside what it takes the place of. */
export const GATEWAY: Scenario = {
  gateway: {
    title: 'A small GET through the gateway',
    about:
      'The function runs behind the watchdog in inproc mode: called directly, through the gateway, and through ' +
      'gateways that http-proxy and reply-from make, which take `/function/NAME` off the path and know of no ' +
      'functions. Processor time and memory are of the gateway, the watchdog and the function together.',
    axis: 'connections',
    columns: ['rate', 'p50', 'p99', 'cpu', 'ownCpu', 'ownResident', 'failures'],
    ratios: ['rate', 'p99'],
    points: numbers(1, 50, 500),
    quickPoints: numbers(50, 500),
    open: loading(GATEWAYS, atConnections(), QUICK_GATEWAYS),
  },
  'gateway-answers': {
    title: 'Answers of 64 MiB through the gateway',
    about: `${FEW_CONNECTIONS} connections.`,
    axis: 'answer',
    ...GATEWAY_BODIES,
    points: sizes(64 * MIB),
    open: loading(GATEWAYS, answerOf, QUICK_GATEWAYS),
  },
  'gateway-uploads': {
    title: 'Uploads of 1 MiB through the gateway',
    about: `${CONNECTIONS} connections.`,
    axis: 'upload',
    ...GATEWAY_BODIES,
    points: sizes(MIB),
    open: loading(GATEWAYS, uploadOf, QUICK_GATEWAYS),
  },
};
