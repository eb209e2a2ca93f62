import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { execa } from 'execa';
import { environmentOf, ServerProcess } from './server-process.ts';
import { summarize, type Summary } from './statistics.ts';
import type { Subject } from './subjects.ts';

/** How long one kind of start took, in milliseconds. */
export interface ColdStart {
  readonly name: string;
  readonly time: Summary;
  /** Over the bare Node that was started in the same round. */
  readonly overBare: Summary;
}

/** From the start of a Node that has nothing to do until it has ended. */
async function timeBareNode(signal: AbortSignal): Promise<number> {
  const start = performance.now();
  const node = execa(process.execPath, ['-e', '0'], {
    stdio: 'ignore',
    env: environmentOf({}),
    extendEnv: false,
    cancelSignal: signal,
  });
  const ended = once(node, 'exit').then(() => performance.now() - start);
  await node;
  return ended;
}

/** From the start of a server until it has answered its first 200. */
async function timeServer(subject: Subject, signal: AbortSignal): Promise<number> {
  const start = performance.now();
  const server = new ServerProcess(subject.command);
  try {
    await server.untilOk(subject.readyUrl, 1, signal);
    return performance.now() - start;
  } finally {
    await server.end();
  }
}

/**
 * Starts bare Node and each subject in turn.
 * @param starts how often each, beside a first round that only fills the caches
 */
export async function timeColdStarts(
  subjects: readonly Subject[],
  starts: number,
  signal: AbortSignal,
): Promise<ColdStart[]> {
  const rounds: { bare: number; servers: number[] }[] = [];
  for (let round = 0; round <= starts; round += 1) {
    const bare = await timeBareNode(signal);
    const servers: number[] = [];
    for (const subject of subjects) servers.push(await timeServer(subject, signal));
    if (round > 0) rounds.push({ bare, servers });
  }
  const row = (name: string, timeOf: (round: { bare: number; servers: number[] }) => number): ColdStart => ({
    name,
    time: summarize(rounds.map(timeOf)),
    overBare: summarize(rounds.map((round) => timeOf(round) - round.bare)),
  });
  return [
    row('node -e 0', (round) => round.bare),
    ...subjects.map(({ command }, index) => row(command.name, (round) => round.servers[index] ?? Number.NaN)),
  ];
}
