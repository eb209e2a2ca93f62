import { setTimeout as wait } from 'node:timers/promises';
import type { FigureName } from './figures.ts';
import type { Contender, Group, Point, Sample } from './scenario.ts';
import type { Stage } from './stage.ts';
import { summarize, type Summary } from './statistics.ts';

/** All turns of one contender at one point. */
export interface Row {
  readonly contender: string;
  readonly point: Point;
  readonly rounds: readonly Sample[];
  /** Why the contender was given up, if it was. */
  readonly broken?: string;
}

/** The results of a group, and how to show them. */
export interface Finding extends Omit<Group, 'open' | 'points' | 'rounds' | 'warmUp'> {
  /** The scenario of the group. */
  readonly scenario: string;
  readonly rows: readonly Row[];
}

/** How long to wait between two loads, for the rest of the last one (connections to close, processes to end). */
const SETTLE = 150;

/** The figure over all rounds; undefined where it was not measured. */
export function figureOf({ rounds }: Row, figure: FigureName): Summary | undefined {
  return summaryOf(rounds.map((round) => round[figure]));
}

/** Each round's figure, divided by that of another contender in the same round. */
export function compareRounds(
  row: Row,
  other: Row,
  figure: FigureName,
  set: (own: number, others: number) => number,
): Summary | undefined {
  return summaryOf(
    row.rounds.map((round, turn) => {
      const [own, others] = [round[figure], other.rounds[turn]?.[figure]];
      return own === undefined || others === undefined ? undefined : set(own, others);
    }),
  );
}

/** Its figure, divided by the other's. */
export function ratioOf(row: Row, other: Row, figure: FigureName): Summary | undefined {
  return compareRounds(row, other, figure, (own, others) => own / others);
}

function summaryOf(values: readonly (number | undefined)[]): Summary | undefined {
  const there = values.filter((value) => value !== undefined).filter((value) => Number.isFinite(value));
  return there.length === 0 ? undefined : summarize(there);
}

/** Requests that failed in all rounds. */
export function failuresOf({ rounds }: Row): number {
  return rounds.reduce((sum, round) => sum + (round.failures ?? 0), 0);
}

async function takeTurns(
  group: Group,
  contenders: readonly Contender[],
  point: Point,
  signal: AbortSignal,
): Promise<Row[]> {
  const rows = contenders.map((contender) => ({
    contender,
    rounds: [] as Sample[],
    broken: undefined as string | undefined,
  }));
  for (let round = group.warmUp === false ? 0 : -1; round < group.rounds; round += 1) {
    for (const row of rows) {
      if (row.broken !== undefined) continue;
      try {
        const sample = await row.contender.measure(point, round < 0 ? 1 : group.seconds);
        if (round >= 0) row.rounds.push(sample);
      } catch (error) {
        signal.throwIfAborted();
        if (round >= 0) row.broken = error instanceof Error ? error.message : String(error);
      }
      await wait(SETTLE, undefined, { signal });
    }
  }
  return rows.map(({ contender: { name }, rounds, broken }) => {
    return { contender: name, point, rounds, ...(broken === undefined ? {} : { broken }) };
  });
}

/**
 * Opens a group and lets its contenders take turns (A B A B …), at one point after the other, each time after a first
 * round that is not counted. It ends everything that it started, whatever happens.
 * @param progress called before each measurement
 * @throws Error when a server cannot be started; the reason of the signal
 */
export async function compare(
  scenario: string,
  group: Group,
  stage: Stage,
  progress: (text: string) => void,
): Promise<Finding> {
  const { id, title, about, axis, seconds, columns, ratios, charts, differences, duel } = group;
  try {
    const contenders = await group.open(stage);
    const rows: Row[] = [];
    for (const point of group.points) {
      progress(`${title}: ${axis} ${point.name}`);
      rows.push(...(await takeTurns(group, contenders, point, stage.lab.signal)));
    }
    return {
      scenario,
      id,
      title,
      about,
      axis,
      seconds,
      columns,
      ratios,
      charts,
      rows,
      ...(differences ? { differences } : {}),
      ...(duel ? { duel } : {}),
    };
  } finally {
    await stage.close();
  }
}
