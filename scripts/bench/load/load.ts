import type { Contender, Group, Point } from '../comparison.ts';
import { MIB, type Sample } from '../figures.ts';
import type { Lab } from '../lab.ts';
import type { ServerProcess } from '../server-process.ts';
import type { Subject } from '../subjects/subject.ts';
import type { LoadOrder } from './client.ts';

/** What is asked, and over how many connections. */
export type Request = Partial<Omit<LoadOrder, 'port' | 'seconds'>>;

/** Prepares a subject; undefined where this machine does not have it. */
export type MakeSubject = (lab: Lab) => Promise<Subject | undefined>;

/**
 * Loads a server over HTTP, for a second more with each 1,000 connections, as they are opened within it.
 * @throws Error when the server or the load generator ends, or nothing is answered
 */
export async function load(
  lab: Lab,
  server: ServerProcess,
  { port, base }: Subject,
  { method = 'GET', path = '/', connections = 50, ...rest }: Request,
  leastSeconds: number,
): Promise<Sample> {
  const seconds = leastSeconds + Math.floor(connections / 1000);
  const before = server.readUsage();
  const result = await lab.client.run({
    ...rest,
    method,
    connections,
    seconds,
    port,
    path: `${base}${path}`,
  });
  const after = server.readUsage();
  if (result.requests === 0) throw new Error(`${server.name} answered nothing within ${seconds} s`);
  const cpu = after.cpu - before.cpu;
  return {
    rate: result.requests / seconds,
    p50: result.p50,
    p99: result.p99,
    tail: result.p99 / result.p50,
    cpu: cpu / result.requests,
    ownCpu: (after.ownCpu - before.ownCpu) / result.requests,
    byteRate: result.bytes / seconds,
    byteCpu: cpu / (result.bytes / MIB),
    ownResident: after.ownResident,
    resident: after.resident,
    generatorCpu: result.busy,
    failures: result.failures,
  };
}

/**
 * Opens a group of servers that stand ready and are loaded.
 * @param requestOf what each point asks for
 * @param quick those that the quick form has
 */
export function loading(
  subjects: readonly MakeSubject[],
  requestOf: (point: Point) => Request,
  quick = subjects,
): Group['open'] {
  return async (lab) => {
    const contenders: Contender[] = [];
    for (const make of lab.isCheck ? quick : subjects) {
      const subject = await make(lab);
      if (subject === undefined) continue;
      const server = await lab.serve(subject);
      contenders.push({
        name: server.name,
        measure: (point, seconds) => load(lab, server, subject, requestOf(point), seconds),
      });
    }
    return contenders;
  };
}

/** A request whose points are numbers of connections. */
export function atConnections(request: Request = {}): (point: Point) => Request {
  return ({ value }) => ({ ...request, connections: value });
}

/** Points of sizes, named as such. */
export function sizes(...values: number[]): Point[] {
  return values.map((value) => {
    const name = value >= MIB ? `${value / MIB} MiB` : value >= 1024 ? `${value / 1024} KiB` : `${value}`;
    return { name, value };
  });
}
