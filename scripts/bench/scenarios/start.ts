import { setTimeout as wait } from 'node:timers/promises';
import { numbers, type Contender, type Scenario } from '../comparison.ts';
import type { Sample } from '../figures.ts';
import type { Lab } from '../lab.ts';
import { subjectOf, urlOf, type Subject } from '../subject.ts';
import { ask, at, deploy, gateway } from '../subjects/gateway.ts';
import { direct, functionsFramework } from '../subjects/others.ts';
import { behindHttpMode, forkMode, HEALTH, httpMode, inWatchdog } from '../subjects/watchdog.ts';

/** How often a server that starts is asked, in milliseconds. */
const PAUSE = 1;

/** A function that goes to zero is looked at every 20 ms, for 15 s; then what has ended is cleaned away for 200 ms. */
const [LOOK_AGAIN, ZERO_WITHIN, CLEANED] = [20, 15_000, 200];

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** From the start of a Node that has nothing to do until it has ended. */
async function bareNode(lab: Lab): Promise<Contender> {
  const subject = await subjectOf('node -e 0', [process.execPath, '-e', '0'], 'port');
  const measure = async (): Promise<Sample> => {
    const time = await timed(() => lab.launch(subject).untilEnd());
    return { healthy: time, first: time };
  };
  return { name: subject.name, measure };
}

/** From the start of a server until it answers: its health, where it has any, and then the function. */
async function startServer(lab: Lab, subject: Subject): Promise<Sample> {
  const hasHealth = subject.readyPath !== '';
  const start = performance.now();
  const server = lab.launch(subject);
  try {
    if (hasHealth) await server.untilOk(urlOf(subject, HEALTH), lab.signal, PAUSE);
    const health = hasHealth ? { healthy: performance.now() - start } : {};
    await server.untilOk(urlOf(subject), lab.signal, PAUSE);
    return { ...health, first: performance.now() - start };
  } finally {
    await server.end();
  }
}

/** From the start of a gateway to the answer of a deployed function, and from a deployment to that of another. */
async function startGateway(lab: Lab, subject: Subject): Promise<Sample> {
  const start = performance.now();
  const server = lab.launch(subject);
  try {
    await server.untilOk(urlOf(subject), lab.signal, PAUSE);
    const first = performance.now() - start;
    const deployed = await timed(async () => {
      await deploy(subject, 'hello', 'another');
      await server.untilOk(urlOf(at(subject, '/function/another')), lab.signal, PAUSE);
    });
    await ask(subject, 'DELETE', '/system/functions', { functionName: 'another' });
    return { first, deployed };
  } finally {
    await server.end();
  }
}

/** The first call of a function at zero, and the next. */
async function callAtZero(lab: Lab, subject: Subject, name: string): Promise<Sample> {
  const signal = AbortSignal.any([lab.signal, AbortSignal.timeout(ZERO_WITHIN)]);
  await ask(subject, 'POST', `/system/scale-function/${name}`, { serviceName: name, replicas: 0 });
  for (let replicas = 1; replicas > 0; await wait(LOOK_AGAIN, undefined, { signal })) {
    const status = JSON.parse(await ask(subject, 'GET', `/system/function/${name}`)) as Status;
    replicas = status.availableReplicas ?? 0;
  }
  await wait(CLEANED, undefined, { signal });
  const call = () => timed(() => ask(subject, 'POST', `/function/${name}`, {}));
  return { first: await call(), warm: await call() };
}

interface Status {
  readonly availableReplicas?: number;
}

const TS_HTTP = inWatchdog('ts-http');

/** Servers whose starts are measured. */
function starting(lab: Lab, makes: readonly (typeof TS_HTTP)[]): Promise<Contender[]> {
  const open = async (make: typeof TS_HTTP): Promise<Contender> => {
    const subject = await make(lab);
    return { name: subject.name, measure: () => startServer(lab, subject) };
  };
  return Promise.all(makes.map(open));
}

async function openStart(lab: Lab): Promise<Contender[]> {
  const subject = await gateway()(lab);
  const others = lab.isCheck ? [] : [direct];
  const last = lab.isCheck ? [] : [behindHttpMode('ts-http'), functionsFramework];
  return [
    await bareNode(lab),
    ...(await starting(lab, [...others, httpMode(), forkMode('streaming'), TS_HTTP])),
    { name: subject.name, measure: () => startGateway(lab, subject) },
    ...(await starting(lab, last)),
  ];
}

async function openCold(lab: Lab): Promise<Contender[]> {
  const subject = await gateway()(lab);
  const server = await lab.serve(subject);
  await deploy(subject, 'ts-http', 'cold');
  await server.untilOk(urlOf(at(subject, '/function/cold')), lab.signal);
  const atZero = { name: subject.name, measure: () => callAtZero(lab, subject, 'cold') };
  return [await bareNode(lab), ...(await starting(lab, [TS_HTTP])), atZero];
}

/** How long it takes from nothing to answers. */
export const START: Scenario = {
  start: {
    title: 'Start',
    about:
      'From the start of the process to the first 200 of `/_/health`, and to the first 200 of the function; of ' +
      '`node -e 0` to its end; of of-gateway, which has a function deployed, to that one’s answer, and then from the ' +
      'deployment of another to its answer. Asked again a millisecond after each answer that is not a 200. ' +
      'NODE_EXTRA_CA_CERTS, which costs every Node some 45 ms, is not set.',
    axis: 'starts',
    points: numbers(1),
    rounds: 15,
    columns: ['healthy', 'first', 'deployed'],
    ratios: [],
    differences: ['healthy', 'first'],
    open: openStart,
  },
};

/** How long a call takes that has to start its function. */
export const COLD_START: Scenario = {
  'cold-start': {
    title: 'The first call of a function at zero',
    about:
      'of-gateway runs, and a ts-http function in inproc mode is called that is scaled to zero, then once more; beside ' +
      'the start of its watchdog alone, and of a Node that has nothing to do.',
    axis: 'calls',
    points: numbers(1),
    quickPoints: [],
    rounds: 15,
    columns: ['healthy', 'first', 'warm'],
    ratios: [],
    differences: ['first'],
    beside: ['node -e 0', 'ts-http, inproc'],
    open: openCold,
  },
};
