import type { Lab } from './lab.ts';
import type { LoadOrder } from './load/load.ts';
import type { TransferOrder } from './load/transfer.ts';
import type { ServerProcess } from './processes/server-process.ts';
import { readUsage } from './processes/usage.ts';
import type { Contender, Point, Sample } from './scenario.ts';
import type { Stage } from './stage.ts';
import type { Subject } from './subjects/subject.ts';

export type Request = Pick<LoadOrder, 'method' | 'body' | 'type'>;

/**
 * Loads a server over HTTP.
 * @throws Error when the server or the load generator ends, or nothing is answered
 */
export async function load(
  lab: Lab,
  server: ServerProcess,
  order: LoadOrder,
  measuresFunction = true,
): Promise<Sample> {
  const before = readUsage(server.pid);
  const result = await lab.generator.run(order);
  server.requireRunning();
  const after = readUsage(server.pid);
  if (result.requests === 0) throw new Error(`${server.name} answered nothing`);
  const ownCpu = (after.ownCpu - before.ownCpu) / result.requests;
  const functionCpu = (after.functionCpu - before.functionCpu) / result.requests;
  return {
    rate: result.rate,
    p50: result.p50,
    p99: result.p99,
    tail: result.p99 / result.p50,
    cpu: ownCpu + functionCpu,
    ownCpu,
    ownResident: after.ownResident,
    ...(measuresFunction ? { resident: after.ownResident + after.functionResident } : {}),
    ...(result.generatorCpu === null ? {} : { generatorCpu: result.generatorCpu }),
    failures: result.failures,
  };
}

/**
 * Makes contenders of servers that get the same request over and over; the points are numbers of connections.
 * @param measuresFunction whether a function lives on between requests, whose memory then counts
 */
export async function loaded(
  stage: Stage,
  subjects: readonly Promise<Subject>[],
  request: Request,
  measuresFunction = true,
): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const subject of await Promise.all(subjects)) {
    const server = await stage.serve(subject);
    const { url } = subject;
    contenders.push({
      name: server.name,
      measure: (point, seconds) =>
        load(stage.lab, server, orderAt(url, request, point.value, seconds), measuresFunction),
    });
  }
  return contenders;
}

/** Seconds for many connections: one more for each thousand, as they must be opened first. */
function orderAt(url: string, request: Request, connections: number, seconds: number): LoadOrder {
  return { url, ...request, connections, seconds: seconds + Math.floor(connections / 1000) };
}

/** Makes contenders of servers that send or get bodies; the points are sizes. */
export async function transferring(
  stage: Stage,
  subjects: readonly Promise<Subject>[],
  orderOf: (point: Point) => Omit<TransferOrder, 'port' | 'seconds'>,
): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const subject of await Promise.all(subjects)) {
    const server = await stage.serve(subject);
    contenders.push({
      name: server.name,
      measure: (point, seconds) =>
        transfer(stage.lab, server, { ...orderOf(point), port: subject.port, seconds }),
    });
  }
  return contenders;
}

async function transfer(lab: Lab, server: ServerProcess, order: TransferOrder): Promise<Sample> {
  const before = readUsage(server.pid);
  const result = await lab.transfers.run(order, order.seconds);
  server.requireRunning();
  const after = readUsage(server.pid);
  if (result.transfers === 0) throw new Error(`${server.name} ended no transfer within ${order.seconds} s`);
  const cpu = after.ownCpu + after.functionCpu - before.ownCpu - before.functionCpu;
  return {
    rate: (result.transfers / result.elapsed) * 1000,
    ...(result.bytes === 0
      ? {}
      : {
          byteRate: (result.bytes / result.elapsed) * 1000,
          byteCpu: cpu / (result.bytes / 1_048_576),
        }),
    resident: after.ownResident + after.functionResident,
    ownResident: after.ownResident,
    generatorCpu: result.generatorCpu,
    failures: result.failures,
  };
}
