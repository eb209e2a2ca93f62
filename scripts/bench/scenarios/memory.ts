import { setTimeout as wait } from 'node:timers/promises';
import type { Lab } from '../lab.ts';
import { load, type Request } from '../loaded.ts';
import { readUsage } from '../processes/usage.ts';
import { numbers, type Contender, type Sample, type Scenario } from '../scenario.ts';
import { gateway } from '../subjects/gateway.ts';
import { direct, functionsFramework, httpProxy, replyFrom } from '../subjects/others.ts';
import type { Subject } from '../subjects/subject.ts';
import { installTemplate } from '../subjects/templates.ts';
import { forkMode, httpMode, inprocMode } from '../subjects/watchdog.ts';

/** How long a server is left alone before its memory is read, in milliseconds. */
const REST = 1000;
const MANY = 100_000;
/** Of requests that each start a process. */
const FEW = 10_000;

const POST = { method: 'POST', body: 'sixteen bytes...' } as const;

async function weigh(lab: Lab, subject: Subject, request: Request, most: number): Promise<Sample> {
  try {
    const server = await lab.serve(subject);
    let failures = 0;
    for (let answered = 0; answered < most;) {
      const sample = await load(lab, server, subject, request, 2);
      answered += (sample.rate ?? 0) * 2;
      failures += sample.failures ?? 0;
    }
    await wait(REST, undefined, { signal: lab.signal });
    const { ownResident, functionResident } = readUsage(server.pid);
    return { ownResident, resident: ownResident + functionResident, failures };
  } finally {
    await lab.clear();
  }
}

async function contendersOf(lab: Lab): Promise<Contender[]> {
  const weighed = async (made: Promise<Subject>, request: Request = {}, most = MANY): Promise<Contender> => {
    const subject = await made;
    const { name } = subject.command;
    return { name, measure: ({ value }) => weigh(lab, subject, request, Math.min(value, most)) };
  };
  const { folder } = await installTemplate(lab, 'ts-http');
  return [
    await weighed(direct(lab)),
    await weighed(httpMode(lab)),
    await weighed(inprocMode(lab, 'inproc mode', lab.programs['function-listener'])),
    await weighed(inprocMode(lab, 'ts-http, inproc', folder)),
    await weighed(forkMode(lab, 'streaming'), POST, FEW),
    await weighed(forkMode(lab, 'serializing'), POST, FEW),
    await weighed(forkMode(lab, 'classic'), POST, FEW),
    await weighed(gateway(lab)),
    await weighed(httpProxy(lab)),
    await weighed(replyFrom(lab)),
    await weighed(functionsFramework(lab)),
  ];
}

/** What stays in memory, at rest and after work. */
export const memory: Scenario = {
  name: 'memory',
  groups: async (lab) => {
    if (lab.isCheck) return [];
    return [
      {
        id: 'memory',
        title: 'Memory',
        about:
          `Resident memory a second after the start, and a second after ${MANY} requests at 50 connections (${FEW} in the ` +
          'modes with a process for each), of the server itself and in all with the function below it. Pages that two ' +
          'processes share are counted in each. No limit was set; what containers of 64 and 128 MB hold is in ' +
          '[Small memory](operators.md#small-memory).',
        axis: 'requests',
        points: numbers(0, MANY),
        rounds: 3,
        warmUp: false,
        columns: ['ownResident', 'resident', 'failures'],
        ratios: [],
        open: () => contendersOf(lab),
      },
    ];
  },
};
