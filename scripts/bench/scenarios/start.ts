import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { numbers, type Contender, type Group } from '../comparison.ts';
import type { Sample } from '../figures.ts';
import type { Lab } from '../lab.ts';
import { environmentOf } from '../server-process.ts';
import { ask, deploy, gateway } from '../subjects/gateway.ts';
import { direct, functionsFramework } from '../subjects/others.ts';
import type { Subject } from '../subjects/subject.ts';
import { behindHttpMode, inWatchdog } from '../subjects/templates.ts';
import { forkMode, HEALTH, httpMode } from '../subjects/watchdog.ts';

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
async function startBareNode(signal: AbortSignal): Promise<Sample> {
  const start = performance.now();
  const node = execa(process.execPath, ['-e', '0'], {
    stdio: 'ignore',
    env: environmentOf({}),
    extendEnv: false,
    cancelSignal: signal,
  });
  const ended = once(node, 'exit').then(() => performance.now() - start);
  await node;
  const time = await ended;
  return { healthy: time, first: time };
}

/** From the start of a server until it answers: its health, where it has any, and then the function. */
async function startServer(lab: Lab, subject: Subject, hasHealth: boolean): Promise<Sample> {
  const start = performance.now();
  const server = lab.launch(subject);
  try {
    let health: Sample = {};
    if (hasHealth) {
      await server.untilOk(`${subject.url}${HEALTH}`, lab.signal, PAUSE);
      health = { healthy: performance.now() - start };
    }
    await server.untilOk(subject.url, lab.signal, PAUSE);
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
    await server.untilOk(subject.url, lab.signal, PAUSE);
    const first = performance.now() - start;
    const deployed = await timed(async () => {
      await deploy(subject, 'another', 'hello');
      await server.untilOk(`http://127.0.0.1:${subject.port}/function/another/`, lab.signal, PAUSE);
    });
    await ask(subject, 'DELETE', '/system/functions', { functionName: 'another' });
    return { first, deployed };
  } finally {
    await server.end();
  }
}

interface Replicas {
  readonly availableReplicas?: number;
}

/** The first call of a function at zero, and the next. */
async function callAtZero(lab: Lab, subject: Subject, name: string): Promise<Sample> {
  const signal = AbortSignal.any([lab.signal, AbortSignal.timeout(ZERO_WITHIN)]);
  await ask(subject, 'POST', `/system/scale-function/${name}`, { serviceName: name, replicas: 0 });
  for (;;) {
    const status = JSON.parse(await ask(subject, 'GET', `/system/function/${name}`)) as Replicas;
    if (!status.availableReplicas) break;
    await wait(LOOK_AGAIN, undefined, { signal });
  }
  await wait(CLEANED, undefined, { signal });
  const call = () => timed(() => ask(subject, 'POST', `/function/${name}`, {}));
  return { first: await call(), warm: await call() };
}

const bareNode = (lab: Lab): Contender => ({
  name: 'node -e 0',
  measure: () => startBareNode(lab.signal),
});

const TS_HTTP = inWatchdog('ts-http');

/** A server whose starts are measured. */
async function starting(lab: Lab, make: typeof TS_HTTP): Promise<Contender> {
  const subject = await make(lab);
  const hasHealth = make !== direct && make !== functionsFramework;
  return { name: subject.name, measure: () => startServer(lab, subject, hasHealth) };
}

/** How long it takes from nothing to answers. */
export const START: readonly Group[] = [
  {
    scenario: 'start',
    id: 'start',
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
    open: async (lab) => {
      const ofGateway = await gateway()(lab);
      const contenders = [bareNode(lab)];
      const ours = [httpMode(), forkMode('streaming'), TS_HTTP];
      for (const make of lab.isCheck ? ours : [direct, ...ours]) contenders.push(await starting(lab, make));
      contenders.push({ name: 'of-gateway', measure: () => startGateway(lab, ofGateway) });
      if (lab.isCheck) return contenders;
      const last = [behindHttpMode('ts-http'), functionsFramework];
      return [...contenders, ...(await Promise.all(last.map((make) => starting(lab, make))))];
    },
  },
  {
    scenario: 'cold-start',
    id: 'cold-start',
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
    open: async (lab) => {
      const subject = await gateway()(lab);
      const server = await lab.serve(subject);
      await deploy(subject, 'cold', 'ts-http');
      await server.untilOk(`http://127.0.0.1:${subject.port}/function/cold`, lab.signal);
      const atZero = { name: 'of-gateway', measure: () => callAtZero(lab, subject, 'cold') };
      return [bareNode(lab), await starting(lab, TS_HTTP), atZero];
    },
  },
];
