import { loaded } from '../contenders.ts';
import { numbers, type Scenario } from '../scenario.ts';
import { direct, httpProxy, relay, replyFrom } from '../subjects/others.ts';
import { httpMode } from '../subjects/watchdog.ts';

const GET = { method: 'GET' } as const;

/** A small GET through http mode, directly, and through other forwarders. */
export const http: Scenario = {
  name: 'http',
  groups: async (lab) => [
    {
      id: 'http',
      title: 'A small GET through http mode',
      about:
        'The function answers 37 bytes. It is asked directly, and behind each forwarder, which starts it as a process ' +
        'of its own. Processor time and memory are of the forwarder and the function together; "its own" is the ' +
        'forwarder\'s. The "blind relay" writes to one socket what it reads from the other, by the means that Node gives ' +
        'everybody, and looks at none of it: it cannot tell one request from another.',
      axis: 'connections',
      points: lab.isCheck ? numbers(50, 500) : numbers(1, 50, 500),
      rounds: lab.isCheck ? 3 : 5,
      seconds: lab.isCheck ? 1 : 2,
      columns: ['rate', 'p50', 'p99', 'cpu', 'ownCpu', 'resident', 'failures'],
      ratios: ['rate', 'p99', 'cpu'],
      ...(lab.isCheck ? {} : { duel: { names: ['http mode'], figure: 'rate' } as const }),
      charts: [{ kind: 'bars', figure: 'rate', asRatio: true }],
      open: (stage) => {
        const others = lab.isCheck ? [] : [relay(lab), httpProxy(lab), replyFrom(lab)];
        return loaded(stage, [direct(lab), httpMode(lab), ...others], GET);
      },
    },
  ],
};
