import { transferring } from '../contenders.ts';
import type { Lab } from '../lab.ts';
import type { Group, Point, Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import type { Subject } from '../subjects/subject.ts';
import { direct, httpProxy, relay, replyFrom } from '../subjects/others.ts';
import { httpMode } from '../subjects/watchdog.ts';

const CONNECTIONS = 8;

/** Seconds for large answers, so that some end on a slow machine. */
const FEW_CONNECTIONS = 2;
const BIG = 8 * 1_048_576;

const KIB = 1024;
const MIB = 1024 * KIB;

function sizes(...values: number[]): Point[] {
  return values.map((value) => {
    const name = value >= MIB ? `${value / MIB} MiB` : value >= KIB ? `${value / KIB} KiB` : `${value}`;
    return { name, value };
  });
}

function subjectsOf(lab: Lab): Promise<Subject>[] {
  return [direct(lab), httpMode(lab), ...(lab.isCheck ? [] : [relay(lab), httpProxy(lab), replyFrom(lab)])];
}

const SHOWN = {
  columns: ['rate', 'byteRate', 'byteCpu', 'ownResident', 'failures'],
  ratios: ['rate', 'byteRate'],
  charts: [{ kind: 'curves', figure: 'byteRate', asRatio: true }],
} as const satisfies Partial<Group>;

/** Answers and uploads of all sizes, in bytes per second. */
export const bodies: Scenario = {
  name: 'bodies',
  groups: async (lab) => {
    const effort = { rounds: lab.isCheck ? 3 : 5, seconds: lab.isCheck ? 1 : 2 };
    const duel = lab.isCheck ? {} : { duel: { names: ['http mode'], figure: 'byteRate' } as const };
    return [
      {
        id: 'answers',
        title: 'Answers from 0 to 64 MiB through http mode',
        about: `The function answers with a Content-Length. ${CONNECTIONS} connections, ${FEW_CONNECTIONS} above 1 MiB.`,
        axis: 'answer',
        points: lab.isCheck ? sizes(64 * MIB) : sizes(0, KIB, 16 * KIB, 128 * KIB, MIB, 16 * MIB, 64 * MIB),
        ...effort,
        ...SHOWN,
        ...duel,
        open: (stage: Stage) =>
          transferring(stage, subjectsOf(lab), ({ value }) => {
            const connections = value >= BIG ? FEW_CONNECTIONS : CONNECTIONS;
            return { method: 'GET', path: `/bytes/${value}`, bodyBytes: 0, connections };
          }),
      },
      {
        id: 'uploads',
        title: 'Uploads from 1 KiB to 1 MiB through http mode',
        about: `POST with a Content-Length; the function counts what arrives. ${CONNECTIONS} connections.`,
        axis: 'upload',
        points: lab.isCheck ? sizes(MIB) : sizes(KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB),
        ...effort,
        ...SHOWN,
        ...duel,
        open: (stage: Stage) =>
          transferring(stage, subjectsOf(lab), ({ value }) => {
            return { method: 'POST', path: '/', bodyBytes: value, connections: CONNECTIONS };
          }),
      },
    ];
  },
};
