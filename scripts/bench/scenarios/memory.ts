import { setTimeout as wait } from 'node:timers/promises';
import { load, type Request } from '../contenders.ts';
import { readUsage } from '../processes/usage.ts';
import type { Contender, Point, Sample, Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { direct, functionsFramework, httpProxy, replyFrom } from '../subjects/others.ts';
import type { Subject } from '../subjects/subject.ts';
import { installTemplate } from '../subjects/template-programs.ts';
import { forkMode, httpMode, inprocMode } from '../subjects/watchdog.ts';

/** How long a server is left alone before its memory is read, in milliseconds. */
const REST = 1000;
const CONNECTIONS = 50;
const MANY = 100_000;
/** Requests that start a process each. */
const FEW = 10_000;

const GET = { method: 'GET' } as const;
const POST = { method: 'POST', body: 'sixteen bytes...' } as const;

async function weigh(
  stage: Stage,
  subject: Subject,
  request: Request,
  requests: number,
  seconds: number,
): Promise<Sample> {
  try {
    const server = await stage.serve(subject);
    let failures = 0;
    for (let answered = 0; answered < requests;) {
      const order = { url: subject.url, ...request, connections: CONNECTIONS, seconds };
      const sample = await load(stage.lab, server, order);
      answered += (sample.rate ?? 0) * seconds;
      failures += sample.failures ?? 0;
    }
    await wait(REST, undefined, { signal: stage.lab.signal });
    const { ownResident, functionResident } = readUsage(server.pid);
    return { ownResident, resident: ownResident + functionResident, failures };
  } finally {
    await stage.close();
  }
}

async function contendersOf(stage: Stage): Promise<Contender[]> {
  const { lab } = stage;
  const weighed = async (made: Promise<Subject>, request: Request = GET, most = MANY): Promise<Contender> => {
    const subject = await made;
    return {
      name: subject.command.name,
      measure: ({ value }: Point, seconds) => weigh(stage, subject, request, Math.min(value, most), seconds),
    };
  };
  const inprocs = async (): Promise<Contender[]> => {
    if (!lab.has('handler_path')) return [];
    const { folder } = await installTemplate(lab, 'ts-http');
    return [
      await weighed(inprocMode(lab, 'inproc mode', lab.programs['function-listener'])),
      await weighed(inprocMode(lab, 'ts-http, inproc', folder)),
    ];
  };
  return [
    await weighed(direct(lab)),
    await weighed(httpMode(lab)),
    ...(await inprocs()),
    await weighed(forkMode(lab, 'streaming'), POST, FEW),
    await weighed(forkMode(lab, 'serializing'), POST, FEW),
    await weighed(forkMode(lab, 'classic'), POST, FEW),
    await weighed(httpProxy(lab)),
    await weighed(replyFrom(lab)),
    await weighed(functionsFramework(lab)),
  ];
}

/** The memory that servers hold, at rest and after work. */
export const memory: Scenario = {
  name: 'memory',
  groups: async (lab) => {
    if (lab.isCheck) return [];
    return [
      {
        id: 'memory',
        title: 'Memory',
        about:
          `Resident memory a second after the start, and a second after ${MANY.toLocaleString('en-GB')} requests at ` +
          `${CONNECTIONS} connections (${FEW.toLocaleString('en-GB')} in the modes with a process for each), of the ` +
          'server itself and in all with the function below it. Pages that two processes share are counted in each. ' +
          'No limit was set; what containers of 64 and 128 MB hold is in [Small memory](operators.md#small-memory).',
        axis: 'requests',
        points: [
          { name: 'none', value: 0 },
          { name: MANY.toLocaleString('en-GB'), value: MANY },
        ],
        rounds: 3,
        seconds: 2,
        warmUp: false,
        columns: ['ownResident', 'resident', 'failures'],
        ratios: ['resident'],
        charts: [{ kind: 'bars', figure: 'resident', asRatio: false }],
        open: contendersOf,
      },
    ];
  },
};
