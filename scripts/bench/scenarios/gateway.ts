import type { Lab } from '../lab.ts';
import { atConnections, loaded } from '../loaded.ts';
import { numbers, type Group, type Scenario } from '../scenario.ts';
import { BASE, gateway as ofGateway } from '../subjects/gateway.ts';
import { httpProxy, replyFrom } from '../subjects/others.ts';
import { inprocMode } from '../subjects/watchdog.ts';

const MIB = 1_048_576;

function subjects(lab: Lab) {
  const behind = (name: string) => inprocMode(lab, name, lab.programs['function-listener']);
  return [
    behind('direct'),
    ofGateway(lab),
    ...(lab.isCheck ? [] : [httpProxy(lab, behind('function'), BASE)]),
    replyFrom(lab, behind('function'), BASE),
  ];
}

const ABOUT =
  'The function runs behind the watchdog in inproc mode: called directly, through the gateway, and through gateways that ' +
  'http-proxy and reply-from make, which take `/function/NAME` off the path and know of no functions.';

const BODIES = {
  columns: ['byteRate', 'byteCpu', 'ownResident', 'failures'],
  ratios: ['byteRate'],
} as const satisfies Partial<Group>;

function small(lab: Lab): Group {
  return {
    id: 'gateway',
    title: 'A small GET through the gateway',
    about: `${ABOUT} Processor time and memory are of the gateway, the watchdog and the function together.`,
    axis: 'connections',
    points: lab.isCheck ? numbers(50, 500) : numbers(1, 50, 500),
    columns: ['rate', 'p50', 'p99', 'cpu', 'ownCpu', 'ownResident', 'failures'],
    ratios: ['rate', 'p99'],
    open: () => loaded(lab, subjects(lab), atConnections({})),
  };
}

/** The gateway beside what it takes the place of. */
export const gateway: Scenario = {
  name: 'gateway',
  groups: async (lab) => [
    small(lab),
    {
      id: 'gateway-answers',
      title: 'Answers of 64 MiB through the gateway',
      about: '2 connections.',
      axis: 'answer',
      points: [{ name: '64 MiB', value: 64 * MIB }],
      ...BODIES,
      open: () => loaded(lab, subjects(lab), ({ value }) => ({ path: `/bytes/${value}`, connections: 2 })),
    },
    {
      id: 'gateway-uploads',
      title: 'Uploads of 1 MiB through the gateway',
      about: '8 connections.',
      axis: 'upload',
      points: [{ name: '1 MiB', value: MIB }],
      ...BODIES,
      open: () =>
        loaded(lab, subjects(lab), ({ value }) => ({ method: 'POST', body: value, connections: 8 })),
    },
  ],
};
