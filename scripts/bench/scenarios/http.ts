import type { Lab } from '../lab.ts';
import { atConnections, loaded, sizes } from '../loaded.ts';
import { numbers, type Group, type Scenario } from '../scenario.ts';
import { direct, haproxy, httpProxy, replyFrom } from '../subjects/others.ts';
import { httpMode } from '../subjects/watchdog.ts';

const MIB = 1_048_576;

/** Of big answers, so that some end within a second on a slow machine. */
const [CONNECTIONS, FEW_CONNECTIONS] = [8, 2];

const SMALL = {
  axis: 'connections',
  columns: ['rate', 'p50', 'p99', 'cpu', 'ownCpu', 'resident', 'failures'],
  ratios: ['rate', 'p99'],
} as const satisfies Partial<Group>;

const BODIES = {
  columns: ['rate', 'byteRate', 'byteCpu', 'ownResident', 'failures'],
  ratios: ['byteRate'],
} as const satisfies Partial<Group>;

function subjects(lab: Lab) {
  const others = () => [haproxy(lab), httpProxy(lab), replyFrom(lab)];
  return [direct(lab), httpMode(lab), ...(lab.isCheck ? [] : others())];
}

function small(lab: Lab): Group {
  return {
    id: 'http',
    title: 'A small GET through http mode',
    about:
      'The function answers 37 bytes. It is asked directly, and behind each forwarder, which starts it as a process ' +
      'of its own. Processor time and memory are of the forwarder and the function together; "its own" is the ' +
      "forwarder's. A round is a second longer for each 1,000 connections, as they are opened within it.",
    ...SMALL,
    points: lab.isCheck ? numbers(50, 500) : numbers(1, 50, 500, 2500),
    open: () => {
      const two = lab.isCheck ? [] : [httpMode(lab, { workers: '2' }, 'http mode, 2 workers')];
      return loaded(lab, [...subjects(lab), ...two], atConnections({}));
    },
  };
}

/** HAProxy alone beside http mode, so that their turns lie close together. */
function besideHaproxy(lab: Lab): Group {
  return {
    id: 'haproxy',
    title: 'A small GET: http mode beside HAProxy',
    about: 'HAProxy runs with one thread and `http-reuse always` before the same function.',
    ...SMALL,
    points: numbers(1, 50, 500),
    rounds: 9,
    open: () => loaded(lab, [haproxy(lab), httpMode(lab)], atConnections({})),
  };
}

function answers(lab: Lab): Group {
  return {
    id: 'answers',
    title: 'Answers of up to 64 MiB through http mode',
    about: `The function answers with a Content-Length. ${CONNECTIONS} connections, ${FEW_CONNECTIONS} above 1 MiB.`,
    axis: 'answer',
    points: lab.isCheck ? sizes(64 * MIB) : sizes(1024, 16_384, 131_072, MIB, 64 * MIB),
    ...BODIES,
    open: () =>
      loaded(lab, subjects(lab), ({ value }) => {
        return { path: `/bytes/${value}`, connections: value > MIB ? FEW_CONNECTIONS : CONNECTIONS };
      }),
  };
}

function uploads(lab: Lab): Group {
  return {
    id: 'uploads',
    title: 'Uploads of up to 1 MiB through http mode',
    about: `POST with a Content-Length; the function counts what arrives. ${CONNECTIONS} connections.`,
    axis: 'upload',
    points: lab.isCheck ? sizes(MIB) : sizes(1024, 65_536, MIB),
    ...BODIES,
    open: () =>
      loaded(lab, subjects(lab), ({ value }) => {
        return { method: 'POST', body: value, connections: CONNECTIONS };
      }),
  };
}

/** http mode, directly, and through what others use to forward: small requests, and bodies of all sizes. */
export const http: Scenario = {
  name: 'http',
  groups: async (lab) => [
    small(lab),
    ...(!lab.isCheck && (await haproxy(lab)) ? [besideHaproxy(lab)] : []),
    answers(lab),
    uploads(lab),
  ],
};
