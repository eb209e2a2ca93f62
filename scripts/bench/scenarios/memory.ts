import { setTimeout as wait } from 'node:timers/promises';
import { numbers, type Contender, type Scenario } from '../comparison.ts';
import type { Sample } from '../figures.ts';
import type { Lab } from '../lab.ts';
import { load, type Request } from '../loaded.ts';
import type { Subject } from '../subject.ts';
import { gateway } from '../subjects/gateway.ts';
import { direct, functionsFramework, httpProxy, replyFrom } from '../subjects/others.ts';
import { forkMode, httpMode, inprocMode, inWatchdog } from '../subjects/watchdog.ts';

/** How long a server is left alone before its memory is read, in milliseconds. */
const REST = 1000;
const MANY = 100_000;
/** Of requests that each start a process. */
const FEW = 10_000;

async function weigh(lab: Lab, subject: Subject, request: Request, most: number): Promise<Sample> {
  const server = await lab.serve(subject);
  try {
    let failures = 0;
    for (let answered = 0; answered < most;) {
      const sample = await load(lab, server, subject, request, 2);
      answered += (sample.rate ?? 0) * 2;
      failures += sample.failures ?? 0;
    }
    await wait(REST, undefined, { signal: lab.signal });
    const { ownResident, resident } = server.readUsage();
    return { ownResident, resident, failures };
  } finally {
    await server.end();
  }
}

async function open(lab: Lab): Promise<Contender[]> {
  const forking = ['streaming', 'serializing', 'classic'].map((mode) => forkMode(mode));
  const ours = [direct, httpMode(), inprocMode(), inWatchdog('ts-http'), ...forking, gateway()];
  const makes = [...ours, httpProxy(), replyFrom(), functionsFramework];
  return Promise.all(
    makes.map(async (make) => {
      const subject = await make(lab);
      const isForking = forking.includes(make);
      const request = isForking ? { body: 'sixteen bytes...' } : {};
      const most = isForking ? FEW : MANY;
      const measure: Contender['measure'] = ({ value }) =>
        weigh(lab, subject, request, Math.min(value, most));
      return { name: subject.name, measure };
    }),
  );
}

/** What stays in memory, at rest and after work. */
export const MEMORY: Scenario = {
  memory: {
    title: 'Memory',
    about:
      `Resident memory a second after the start, and a second after ${MANY} requests at 50 connections (${FEW} in the ` +
      'modes with a process for each), of the server itself and in all with the function below it. Pages that two ' +
      'processes share are counted in each. No limit was set; what containers of 64 and 128 MB hold is in ' +
      '[Small memory](operators.md#small-memory).',
    axis: 'requests',
    points: numbers(0, MANY),
    quickPoints: [],
    rounds: 3,
    warmUp: false,
    columns: ['ownResident', 'resident', 'failures'],
    ratios: [],
    open,
  },
};
