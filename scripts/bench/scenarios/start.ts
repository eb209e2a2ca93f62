import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { execa } from 'execa';
import type { Lab } from '../lab.ts';
import { environmentOf } from '../processes/server-process.ts';
import { numbers, type Contender, type Sample, type Scenario } from '../scenario.ts';
import { deploy, gateway, remove } from '../subjects/gateway.ts';
import { direct, functionsFramework } from '../subjects/others.ts';
import type { Subject } from '../subjects/subject.ts';
import { behindHttpMode, installTemplate } from '../subjects/templates.ts';
import { forkMode, HEALTH, httpMode, inprocMode } from '../subjects/watchdog.ts';

/** How often a server that starts is asked, in milliseconds. */
const PAUSE = 1;

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
  try {
    const server = lab.launch(subject);
    let healthy: number | undefined;
    if (hasHealth) {
      await server.untilOk(`${subject.url}${HEALTH}`, PAUSE, lab.signal);
      healthy = performance.now() - start;
    }
    await server.untilOk(subject.url, PAUSE, lab.signal);
    return { ...(healthy === undefined ? {} : { healthy }), first: performance.now() - start };
  } finally {
    await lab.clear();
  }
}

/** From the start of a gateway to the answer of a deployed function, and from a deployment to that of another. */
async function startGateway(lab: Lab, subject: Subject): Promise<Sample> {
  const start = performance.now();
  try {
    const server = lab.launch(subject);
    await server.untilOk(subject.url, PAUSE, lab.signal);
    const first = performance.now() - start;
    const before = performance.now();
    await deploy(subject, 'another');
    await server.untilOk(`http://127.0.0.1:${subject.port}/function/another/`, PAUSE, lab.signal);
    const deployed = performance.now() - before;
    await remove(subject, 'another');
    return { first, deployed };
  } finally {
    await lab.clear();
  }
}

async function contendersOf(lab: Lab): Promise<Contender[]> {
  const starting = async (made: Promise<Subject>, hasHealth = true): Promise<Contender> => {
    const subject = await made;
    return { name: subject.command.name, measure: () => startServer(lab, subject, hasHealth) };
  };
  const tsHttp = await installTemplate(lab, 'ts-http');
  const ofGateway = await gateway(lab);
  await lab.clear();
  return [
    { name: 'node -e 0', measure: () => startBareNode(lab.signal) },
    ...(lab.isCheck ? [] : [await starting(direct(lab), false)]),
    await starting(httpMode(lab)),
    await starting(forkMode(lab, 'streaming')),
    await starting(inprocMode(lab, 'ts-http, inproc', tsHttp.folder)),
    { name: 'of-gateway', measure: () => startGateway(lab, ofGateway) },
    ...(lab.isCheck ? [] : [await starting(behindHttpMode(lab, tsHttp))]),
    ...(lab.isCheck ? [] : [await starting(functionsFramework(lab), false)]),
  ];
}

/** How long it takes from nothing to answers. */
export const start: Scenario = {
  name: 'start',
  groups: async (lab) => [
    {
      id: 'start',
      title: 'Start',
      about:
        'From the start of the process to the first 200 of `/_/health`, and to the first 200 of the function; of ' +
        '`node -e 0` to its end; of of-gateway, which has a function deployed, to that one’s answer, and then from the ' +
        'deployment of another to its answer. Asked again a millisecond after each answer that is not a 200. ' +
        'NODE_EXTRA_CA_CERTS, which costs every Node some 45 ms, is not set.',
      axis: 'starts',
      points: numbers(1),
      rounds: lab.isCheck ? 7 : 15,
      columns: ['healthy', 'first', 'deployed'],
      ratios: lab.isCheck ? ['healthy', 'first'] : [],
      differences: ['healthy', 'first'],
      open: () => contendersOf(lab),
    },
  ],
};
