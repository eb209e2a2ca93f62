import { setTimeout as wait } from 'node:timers/promises';
import { points, type Contender, type Scenario } from '../comparison.ts';
import type { Sample } from '../figures.ts';
import type { Lab, Make } from '../lab.ts';
import { subjectOf, urlOf, type Subject } from '../server-process.ts';
import { ask, deploy, gateway } from '../subjects/gateway.ts';
import { direct, functionsFramework } from '../subjects/others.ts';
import { behindHttpMode, forkMode, HEALTH, httpMode, inWatchdog } from '../subjects/watchdog.ts';

/** How often a server that starts is asked, in milliseconds. */
const PAUSE = 1;

/** A function that goes to zero is looked at every 20 ms, for 15 s; then the gateway has 200 ms to clean up. */
const [LOOK_AGAIN, ZERO_WITHIN, CLEANED] = [20, 15_000, 200];

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const bareNode: Make = () => subjectOf('node -e 0', [process.execPath, '-e', '0'], 'port');

/** From the start of a Node that has nothing to do until it has ended. */
async function startBareNode(lab: Lab, subject: Subject): Promise<Sample> {
  const time = await timed(() => lab.launch(subject).untilEnd());
  return { healthy: time, first: time };
}

/** From the deployment of another function to its answer. */
async function deployAnother(subject: Subject): Promise<Sample> {
  const deployed = await timed(() => deploy(subject, 'hello', 'another'));
  await ask(subject, 'DELETE', '/system/functions', { functionName: 'another' });
  return { deployed };
}

/**
 * Measures from the start of a server until its health answers, where it is one of ours that have it, and until the
 * function does.
 * @param measureMore measures more after that
 */
function starting(measureMore?: typeof deployAnother): Contender['measure'] {
  return async (lab, subject) => {
    const hasHealth = subject.readyPath !== '';
    const start = performance.now();
    const server = lab.launch(subject);
    try {
      if (hasHealth) await server.untilOk(urlOf(subject, HEALTH), lab.signal, PAUSE);
      const health = hasHealth ? { healthy: performance.now() - start } : {};
      await server.untilOk(urlOf(subject), lab.signal, PAUSE);
      return { ...health, first: performance.now() - start, ...(await measureMore?.(subject)) };
    } finally {
      await server.end();
    }
  };
}

const NODE: Contender = { make: bareNode, measure: startBareNode };
const TS_HTTP = inWatchdog('ts-http');
const started = (make: Make): Contender => ({ make, measure: starting() });
const OURS = [httpMode(), forkMode('streaming'), TS_HTTP];
const GATEWAY = gateway();
const OTHERS = [behindHttpMode('ts-http'), functionsFramework];

/** How long it takes from nothing to answers. */
export const START: Scenario = {
  start: {
    axis: 'starts',
    points: points(1),
    rounds: 15,
    columns: ['healthy', 'first', 'deployed'],
    ratios: [],
    differences: ['healthy', 'first'],
    contenders: [
      NODE,
      ...[direct, ...OURS].map(started),
      { make: GATEWAY, measure: starting(deployAnother) },
      ...OTHERS.map(started),
    ],
    quick: [bareNode, ...OURS, GATEWAY],
  },
};

async function scaleToZero(lab: Lab, subject: Subject, name: string): Promise<void> {
  const signal = AbortSignal.any([lab.signal, AbortSignal.timeout(ZERO_WITHIN)]);
  await ask(subject, 'POST', `/system/scale-function/${name}`, { serviceName: name, replicas: 0 });
  for (let replicas = 1; replicas > 0; await wait(LOOK_AGAIN, undefined, { signal })) {
    const status = JSON.parse(await ask(subject, 'GET', `/system/function/${name}`));
    replicas = Number(status.availableReplicas ?? 0);
  }
  await wait(CLEANED, undefined, { signal });
}

/** A gateway that runs. */
async function running(lab: Lab): Promise<Subject> {
  const subject = await gateway()(lab);
  await lab.serve(subject);
  await deploy(subject, 'ts-http', 'cold');
  return subject;
}

/** The first call of a function at zero, and the next. */
async function callAtZero(lab: Lab, subject: Subject): Promise<Sample> {
  await scaleToZero(lab, subject, 'cold');
  const call = () => timed(() => ask(subject, 'POST', '/function/cold', {}));
  return { first: await call(), warm: await call() };
}

/** How long a call takes that has to start its function. */
export const COLD_START: Scenario = {
  'cold-start': {
    axis: 'calls',
    points: points(1),
    quickPoints: [],
    rounds: 15,
    columns: ['healthy', 'first', 'warm'],
    ratios: [],
    differences: ['first'],
    beside: ['node -e 0', 'ts-http, inproc'],
    contenders: [NODE, started(TS_HTTP), { make: running, measure: callAtZero }],
  },
};
