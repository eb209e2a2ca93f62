import { setTimeout as wait } from 'node:timers/promises';
import { points, type Contender, type Scenario } from '../comparison.ts';
import { load, type Request } from '../loaded.ts';
import { gateway } from '../subjects/gateway.ts';
import { direct, functionsFramework, httpProxy, replyFrom } from '../subjects/others.ts';
import { forkMode, httpMode, inprocMode, inWatchdog } from '../subjects/watchdog.ts';

/** How long a server is left alone before its memory is read, in milliseconds. */
const REST = 1000;
const MANY = 100_000;
/** The most requests to the modes with a process for each. */
const FEW = 10_000;

/** @param most requests, where a point asks for more */
function weighing(most: number, request: Request = {}): Contender['measure'] {
  return async (lab, subject, { value }) => {
    const server = await lab.serve(subject);
    try {
      let failures = 0;
      for (let answered = 0; answered < Math.min(value, most);) {
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
  };
}

const weigh = weighing(MANY);
const weighForks = weighing(FEW, { body: 'sixteen bytes...' });

const OURS = [direct, httpMode(), inprocMode(), inWatchdog('ts-http')];
const FORKING = [forkMode('streaming'), forkMode('serializing'), forkMode('classic')];
const OTHERS = [gateway(), httpProxy(), replyFrom(), functionsFramework];

/** The memory of servers, at rest and after work. */
export const MEMORY: Scenario = {
  memory: {
    axis: 'requests',
    points: points(0, MANY),
    quickPoints: [],
    rounds: 3,
    warmUp: false,
    columns: ['ownResident', 'resident', 'failures'],
    ratios: [],
    contenders: [
      ...OURS.map((make) => ({ make, measure: weigh })),
      ...FORKING.map((make) => ({ make, measure: weighForks })),
      ...OTHERS.map((make) => ({ make, measure: weigh })),
    ],
  },
};
