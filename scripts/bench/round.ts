import type { LoadGenerator } from './load.ts';
import type { ServerProcess } from './server-process.ts';
import type { Group } from './subjects.ts';
import { readUsage } from './usage.ts';

export const FIGURES = [
  ...(['rate', 'p50', 'p99', 'cpu', 'ownCpu', 'functionCpu'] as const),
  ...(['resident', 'ownResident', 'functionResident', 'generatorCpu', 'failures'] as const),
];
export type Figure = (typeof FIGURES)[number];

/**
 * What one load on one server shows: requests per second, milliseconds, microseconds of processor time per
 * request and bytes of memory, the last two in all, of the server itself, and of the processes that it started.
 * `generatorCpu` is the part of one processor that the load generator took, NaN where it does not say.
 */
export type Round = Readonly<Record<Figure, number>>;

export interface RoundPlan {
  readonly group: Group;
  readonly connections: number;
  readonly seconds: number;
}

/** @throws Error when the server or the load generator ends, or nothing is answered */
export async function measureRound(
  plan: RoundPlan,
  url: string,
  server: ServerProcess,
  generator: LoadGenerator,
): Promise<Round> {
  const { group, connections, seconds } = plan;
  const before = readUsage(server.pid);
  const result = await generator.run({ url, ...group.request, connections, seconds });
  server.requireRunning();
  const after = readUsage(server.pid);
  if (result.requests === 0) throw new Error(`${server.name} answered nothing at ${connections} connections`);
  const ownCpu = (after.ownCpu - before.ownCpu) / result.requests;
  const functionCpu = (after.functionCpu - before.functionCpu) / result.requests;
  const functionResident = group.standingFunction ? after.functionResident : 0;
  return {
    rate: result.rate,
    p50: result.p50,
    p99: result.p99,
    cpu: ownCpu + functionCpu,
    ownCpu,
    functionCpu,
    resident: after.ownResident + functionResident,
    ownResident: after.ownResident,
    functionResident,
    generatorCpu: result.generatorCpu ?? Number.NaN,
    failures: result.failures,
  };
}
