import { setTimeout as wait } from 'node:timers/promises';
import type { LoadGenerator } from './load.ts';
import { FIGURES, measureRound, type Figure, type Round } from './round.ts';
import { ServerProcess } from './server-process.ts';
import { summarize, type Summary } from './statistics.ts';
import type { Group, Subject } from './subjects.ts';

type Summaries = Readonly<Record<Figure, Summary>>;

/** All rounds of one server at one number of connections. */
export interface Row {
  readonly server: string;
  readonly connections: number;
  readonly figures: Summaries;
  /** Each round over the round of the first server that it took turns with. */
  readonly ratios: Summaries;
  readonly failures: number;
  readonly rounds: readonly Round[];
}

export interface Comparison {
  readonly title: string;
  readonly rows: readonly Row[];
}

export interface Effort {
  readonly connections: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** What a load leaves unfinished (connections to close, processes to end) gets this long before the next. */
const SETTLE = 150;

interface Standing {
  readonly subject: Subject;
  readonly server: ServerProcess;
  readonly rounds: Round[];
}

function eachFigure<T>(valueOf: (figure: Figure) => T): Record<Figure, T> {
  return Object.fromEntries(FIGURES.map((figure) => [figure, valueOf(figure)])) as Record<Figure, T>;
}

function rowOf(name: string, connections: number, rounds: readonly Round[], first: readonly Round[]): Row {
  const ratios = rounds.map((round, turn) =>
    eachFigure((figure) => round[figure] / (first[turn]?.[figure] ?? Number.NaN)),
  );
  return {
    server: name,
    connections,
    figures: eachFigure((figure) => summarize(rounds.map((round) => round[figure]))),
    ratios: eachFigure((figure) => summarize(ratios.map((ratio) => ratio[figure]))),
    failures: rounds.reduce((sum, round) => sum + round.failures, 0),
    rounds,
  };
}

async function compareAt(
  group: Group,
  connections: number,
  servers: readonly Omit<Standing, 'rounds'>[],
  effort: Effort,
  generator: LoadGenerator,
  signal: AbortSignal,
): Promise<Row[]> {
  const standing: Standing[] = servers.map((one) => ({ ...one, rounds: [] }));
  for (let round = -1; round < effort.rounds; round += 1) {
    const seconds = round < 0 ? effort.warmUpSeconds : effort.seconds;
    for (const { subject, server, rounds } of standing) {
      const measured = await measureRound({ group, connections, seconds }, subject.url, server, generator);
      if (round >= 0) rounds.push(measured);
      await wait(SETTLE, undefined, { signal });
    }
  }
  const first = standing[0]?.rounds ?? [];
  return standing.map(({ server, rounds }) => rowOf(server.name, connections, rounds, first));
}

/**
 * Starts all servers of a group and loads them in turn (A B A B …), at one number of connections after the
 * other, each time after a warm-up; ends the servers whatever happens.
 * @throws Error when a server or the load generator ends; the reason of the signal
 */
export async function compare(
  group: Group,
  effort: Effort,
  generator: LoadGenerator,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<Comparison> {
  const standing: Omit<Standing, 'rounds'>[] = [];
  try {
    for (const subject of group.subjects) {
      const server = new ServerProcess(subject.command);
      standing.push({ subject, server });
      await server.untilOk(subject.readyUrl, 20, signal);
    }
    const rows: Row[] = [];
    for (const connections of effort.connections) {
      progress(`${group.title}, ${connections} connections`);
      rows.push(...(await compareAt(group, connections, standing, effort, generator, signal)));
    }
    return { title: group.title, rows };
  } finally {
    await Promise.all(standing.map(({ server }) => server.end()));
  }
}
