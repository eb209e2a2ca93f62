import { loaded } from '../contenders.ts';
import { numbers, type Scenario } from '../scenario.ts';
import { direct, httpProxy, replyFrom } from '../subjects/others.ts';
import { httpMode } from '../subjects/watchdog.ts';

/** Rates and latencies from one connection to thousands. */
export const connections: Scenario = {
  name: 'connections',
  groups: async (lab) => {
    if (lab.isCheck) return [];
    return [
      {
        id: 'connections',
        title: 'From 1 to 5,000 connections',
        about:
          'The same small GET. Every connection has one request under way at any time. A round ' +
          'is a second longer for each 1,000 connections, as they are opened within it.',
        axis: 'connections',
        points: numbers(1, 5, 20, 50, 100, 250, 500, 1000, 2500, 5000),
        rounds: 3,
        seconds: 2,
        columns: ['rate', 'p99', 'resident', 'failures'],
        ratios: ['rate', 'p99'],
        charts: [
          { kind: 'curves', figure: 'rate', asRatio: false },
          { kind: 'curves', figure: 'p99', asRatio: false },
        ],
        open: (stage) =>
          loaded(stage, [direct(lab), httpMode(lab), httpProxy(lab), replyFrom(lab)], { method: 'GET' }),
      },
    ];
  },
};
