import type { Contender, Point } from './comparison.ts';
import { MIB, type Sample } from './figures.ts';
import type { Lab, Make } from './lab.ts';
import type { LoadOrder } from './load/client.ts';
import type { ServerProcess, Subject } from './server-process.ts';

/** A request, and over how many connections it is sent. */
export type Request = Partial<Omit<LoadOrder, 'port' | 'seconds'>>;

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
 * Servers that stand ready and are loaded.
 * @param requestOf gives the request of each point
 */
export function loaded(makes: readonly Make[], requestOf: (point: Point) => Request): Contender[] {
  const measure: Contender['measure'] = async (lab, subject, point, seconds) =>
    load(lab, await lab.standing(subject), subject, requestOf(point), seconds);
  return makes.map((make) => ({ make, measure }));
}

/** A request whose points are numbers of connections. */
export function atConnections(request: Request = {}): (point: Point) => Request {
  return ({ value }) => ({ ...request, connections: value });
}
