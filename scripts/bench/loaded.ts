import type { Group, Point } from './comparison.ts';
import { MIB, type Sample } from './figures.ts';
import type { Lab } from './lab.ts';
import type { LoadOrder } from './load/client.ts';
import type { ServerProcess } from './server-process.ts';
import type { Subject } from './subject.ts';

/** What is asked, and over how many connections. */
export type Request = Partial<Omit<LoadOrder, 'port' | 'seconds'>>;

/** Prepares a subject; undefined where this machine does not have it. */
type Make = (lab: Lab) => Promise<Subject | undefined>;

/**
 * Loads a server over HTTP, for a second more with each 1,000 connections, as they are opened within it.
 * @throws Error when the server or the load generator ends, or nothing is answered
 */
export async function load(
  lab: Lab,
  server: ServerProcess,
  { name, port, base }: Subject,
  { path = '/', connections = 50, ...rest }: Request,
  leastSeconds: number,
): Promise<Sample> {
  const seconds = leastSeconds + Math.floor(connections / 1000);
  const before = server.readUsage();
  const order = { ...rest, port, path: `${base}${path}`, connections, seconds };
  const { requests, bytes, ...seen } = await lab.client.run(order);
  const after = server.readUsage();
  if (requests === 0) throw new Error(`${name} answered nothing within ${seconds} s`);
  const cpu = after.cpu - before.cpu;
  return {
    ...seen,
    ...after,
    cpu: cpu / requests,
    ownCpu: (after.ownCpu - before.ownCpu) / requests,
    byteCpu: cpu / (bytes / MIB),
  };
}

/**
 * Opens a group of servers that stand ready and are loaded.
 * @param requestOf what each point asks for
 * @param quick those that the quick form has
 */
export function loading(
  subjects: readonly Make[],
  requestOf: (point: Point) => Request,
  quick = subjects,
): Group['open'] {
  return async (lab) => {
    const made = await Promise.all((lab.isCheck ? quick : subjects).map((make) => make(lab)));
    const open = async (subject: Subject) => {
      const server = await lab.serve(subject);
      const measure = (point: Point, seconds: number) =>
        load(lab, server, subject, requestOf(point), seconds);
      return { name: subject.name, measure };
    };
    return Promise.all(made.filter((subject) => subject !== undefined).map(open));
  };
}

/** A request whose points are numbers of connections. */
export function atConnections(request: Request = {}): (point: Point) => Request {
  return ({ value }) => ({ ...request, connections: value });
}
