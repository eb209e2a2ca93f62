import type { Lab } from './lab.ts';
import type { LoadOrder } from './load/client.ts';
import type { ServerProcess } from './processes/server-process.ts';
import { readUsage } from './processes/usage.ts';
import type { Contender, Point, Sample } from './scenario.ts';
import type { Subject } from './subjects/subject.ts';

const MIB = 1_048_576;

/** What is asked, and over how many connections. */
export type Request = Partial<Omit<LoadOrder, 'port' | 'seconds'>>;

/**
 * Loads a server over HTTP.
 * @throws Error when the server or the load generator ends, or nothing is answered
 */
export async function load(
  lab: Lab,
  server: ServerProcess,
  subject: Subject,
  request: Request,
  seconds: number,
): Promise<Sample> {
  const { method = 'GET', path = '/', connections = 50, ...rest } = request;
  const order = { ...rest, method, connections, seconds, port: subject.port, path: `${subject.base}${path}` };
  const before = readUsage(server.pid);
  const result = await lab.client.run(order);
  server.requireRunning();
  const after = readUsage(server.pid);
  if (result.requests === 0) throw new Error(`${server.name} answered nothing within ${seconds} s`);
  const ownCpu = after.ownCpu - before.ownCpu;
  const cpu = ownCpu + after.functionCpu - before.functionCpu;
  return {
    rate: (result.requests / result.elapsed) * 1000,
    p50: result.p50,
    p99: result.p99,
    tail: result.p99 / result.p50,
    cpu: cpu / result.requests,
    ownCpu: ownCpu / result.requests,
    byteRate: (result.bytes / result.elapsed) * 1000,
    byteCpu: cpu / (result.bytes / MIB),
    ownResident: after.ownResident,
    resident: after.ownResident + after.functionResident,
    generatorCpu: result.cpu,
    failures: result.failures,
  };
}

/** The subjects as servers that stand ready and are loaded with what each point asks for. */
export async function loaded(
  lab: Lab,
  subjects: readonly Promise<Subject | undefined>[],
  requestOf: (point: Point) => Request,
): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const subject of await Promise.all(subjects)) {
    if (subject === undefined) continue; // not there on this machine
    const server = await lab.serve(subject);
    contenders.push({
      name: server.name,
      measure: (point, seconds) => load(lab, server, subject, requestOf(point), seconds),
    });
  }
  return contenders;
}

/** A request whose points are numbers of connections. */
export function atConnections(request: Request): (point: Point) => Request {
  return ({ value }) => ({ ...request, connections: value });
}

/** Points of sizes, named as such. */
export function sizes(...values: number[]): Point[] {
  return values.map((value) => {
    const name = value >= MIB ? `${value / MIB} MiB` : value >= 1024 ? `${value / 1024} KiB` : `${value}`;
    return { name, value };
  });
}
