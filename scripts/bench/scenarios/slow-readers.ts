import { load } from '../contenders.ts';
import type { Lab } from '../lab.ts';
import { OPEN_WITHIN } from '../load/slow-reader-clients.ts';
import type { ServerProcess } from '../processes/server-process.ts';
import { numbers, type Point, type Sample, type Scenario } from '../scenario.ts';
import { direct, httpProxy, replyFrom } from '../subjects/others.ts';
import type { Subject } from '../subjects/subject.ts';
import { httpMode } from '../subjects/watchdog.ts';

/** Bytes of an answer: more than the kernel holds for a connection, so that the server must wait for its reader. */
const ANSWER = 16 * 1_048_576;
const CONNECTIONS = 8;

async function measure(
  lab: Lab,
  { url, port }: Subject,
  server: ServerProcess,
  { value: count }: Point,
  seconds: number,
): Promise<Sample> {
  const order = { url, method: 'GET', connections: CONNECTIONS, seconds } as const;
  if (count === 0) return load(lab, server, order);
  const readers = { port, path: `/bytes/${ANSWER}` };
  try {
    const { failures } = await lab.slowReaders.run({ ...readers, count }, OPEN_WITHIN);
    const sample = await load(lab, server, order);
    return { ...sample, failures: failures + (sample.failures ?? 0) };
  } finally {
    lab.signal.throwIfAborted();
    await lab.slowReaders.run({ ...readers, count: 0 }, 1);
  }
}

/** The cost of clients that do not read for those that do. */
export const slowReaders: Scenario = {
  name: 'slow-readers',
  groups: async (lab) => {
    if (lab.isCheck) return [];
    return [
      {
        id: 'slow-readers',
        title: 'Beside 1,000 slow readers',
        about:
          `Each slow reader asks for ${ANSWER / 1_048_576} MiB and takes a piece of at most 64 KiB every 2.5 s. Measured ` +
          `is a small GET at ${CONNECTIONS} connections meanwhile, and the memory then in use. reply-from has 128 connections ` +
          'to the function by default, all of which the slow readers take.',
        axis: 'slow readers',
        points: numbers(0, 1000),
        rounds: 3,
        seconds: 2,
        columns: ['rate', 'p99', 'resident', 'ownResident', 'failures'],
        ratios: ['rate', 'p99'],
        charts: [],
        open: async (stage) => {
          const settings = { write_timeout: '5m', exec_timeout: '5m' };
          const subjects = [direct(lab), httpMode(lab, settings), httpProxy(lab), replyFrom(lab)];
          const contenders = [];
          for (const subject of await Promise.all(subjects)) {
            const server = await stage.serve(subject);
            contenders.push({
              name: server.name,
              measure: (point: Point, seconds: number) => measure(lab, subject, server, point, seconds),
            });
          }
          return contenders;
        },
      },
    ];
  },
};
