import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { execa } from 'execa';
import { environmentOf } from '../processes/server-process.ts';
import { numbers, type Contender, type Sample, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { direct, functionsFramework } from '../subjects/others.ts';
import type { Subject } from '../subjects/subject.ts';
import { behindHttpMode, installTemplate } from '../subjects/template-programs.ts';
import { forkMode, HEALTH, httpMode, inprocMode } from '../subjects/watchdog.ts';

/** Milliseconds between two questions to a server that starts. */
const PAUSE = 1;

/** Times an empty Node from its start to its end. */
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

/** Times a server from its start to its first answers: its health, where it has any, and then the function. */
async function startServer(stage: Stage, subject: Subject, hasHealth: boolean): Promise<Sample> {
  const start = performance.now();
  try {
    const server = stage.launch(subject);
    let healthy: number | undefined;
    if (hasHealth) {
      await server.untilOk(`${subject.url}${HEALTH}`, PAUSE, stage.lab.signal);
      healthy = performance.now() - start;
    }
    await server.untilOk(subject.url, PAUSE, stage.lab.signal);
    return { ...(healthy === undefined ? {} : { healthy }), first: performance.now() - start };
  } finally {
    await stage.close();
  }
}

async function contendersOf(stage: Stage): Promise<Contender[]> {
  const { lab } = stage;
  const starting = async (made: Promise<Subject>, hasHealth = true): Promise<Contender> => {
    const subject = await made;
    return { name: subject.command.name, measure: () => startServer(stage, subject, hasHealth) };
  };
  const tsHttp = await installTemplate(lab, 'ts-http');
  return [
    { name: 'node -e 0', measure: () => startBareNode(lab.signal) },
    ...(lab.isCheck ? [] : [await starting(direct(lab), false)]),
    await starting(httpMode(lab)),
    await starting(forkMode(lab, 'streaming')),
    ...(lab.has('handler_path') ? [await starting(inprocMode(lab, 'ts-http, inproc', tsHttp.folder))] : []),
    ...(lab.isCheck ? [] : [await starting(behindHttpMode(lab, tsHttp))]),
    ...(lab.isCheck ? [] : [await starting(functionsFramework(lab), false)]),
  ];
}

/** The time from nothing to answers. */
export const start: Scenario = {
  name: 'start',
  groups: async (lab) => [
    {
      id: 'start',
      title: 'Start',
      about:
        'From the start of the process to the first 200 of `/_/health`, and to the first 200 of the function; of ' +
        '`node -e 0` to its end. Asked again a millisecond after each answer that is not a 200. NODE_EXTRA_CA_CERTS, ' +
        'which costs every Node some 45 ms, is not set.',
      axis: 'starts',
      points: numbers(1),
      rounds: lab.isCheck ? 7 : 15,
      seconds: 0,
      columns: ['healthy', 'first'],
      ratios: lab.isCheck ? ['healthy', 'first'] : [],
      differences: ['healthy', 'first'],
      charts: [{ kind: 'bars', figure: 'first', asRatio: false }],
      open: contendersOf,
    },
  ],
};
