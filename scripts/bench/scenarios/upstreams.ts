import { loaded } from '../contenders.ts';
import { numbers, type Scenario } from '../scenario.ts';
import { direct } from '../subjects/others.ts';
import { httpMode, httpModeOverUnixSocket } from '../subjects/watchdog.ts';

/** The function behind http mode on a TCP port and on a Unix socket. */
export const upstreams: Scenario = {
  name: 'upstreams',
  groups: async (lab) => {
    if (lab.isCheck) return [];
    return [
      {
        id: 'upstreams',
        title: 'A function on a Unix socket',
        about: 'The small GET through http mode, which reaches the function over TCP or over a Unix socket.',
        axis: 'connections',
        points: numbers(1, 50),
        rounds: 5,
        seconds: 2,
        columns: ['rate', 'p50', 'p99', 'cpu', 'failures'],
        ratios: ['rate', 'p99', 'cpu'],
        charts: [],
        open: (stage) =>
          loaded(stage, [direct(lab), httpMode(lab), httpModeOverUnixSocket(lab)], { method: 'GET' }),
      },
    ];
  },
};
