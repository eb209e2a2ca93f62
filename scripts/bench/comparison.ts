import { setTimeout as wait } from 'node:timers/promises';
import type { FigureName } from './figures.ts';
import type { Contender, Group, Point, Sample } from './scenario.ts';
import type { Lab } from './lab.ts';
import { summarize, type Summary } from './statistics.ts';

/** All turns of one contender at one point. */
export interface Row {
  readonly contender: string;
  readonly point: Point;
  readonly rounds: readonly Sample[];
  /** Why it was given up, where it was. */
  readonly broken?: string;
}

/** What a group has shown, and how it is to be shown. */
export interface Finding extends Omit<Group, 'open' | 'points' | 'rounds' | 'warmUp'> {
  /** The scenario that it is of. */
  readonly scenario: string;
  readonly rows: readonly Row[];
}

/** What a load leaves unfinished (connections to close, processes to end) gets this long before the next. */
const SETTLE = 150;

/** How long a turn lasts, and how often each contender has one. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
}

/** The figure over all rounds; undefined where it was not measured. */
export function figureOf({ rounds }: Row, figure: FigureName): Summary | undefined {
  return summaryOf(rounds.map((round) => round[figure]));
}

/** Each round's figure, set against that of the same round of another contender. */
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

/** Its figure over the other's. */
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
  { warmUp }: Group,
  { rounds, seconds }: Effort,
  contenders: readonly Contender[],
  point: Point,
  signal: AbortSignal,
): Promise<Row[]> {
  const rows = contenders.map((contender) => ({
    contender,
    rounds: [] as Sample[],
    broken: undefined as string | undefined,
  }));
  for (let round = warmUp === false ? 0 : -1; round < rounds; round += 1) {
    for (const row of rows) {
      if (row.broken !== undefined) continue;
      try {
        const sample = await row.contender.measure(point, round < 0 ? 1 : seconds);
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
 * round that is not counted; ends what was started whatever happens.
 * @param progress told what is about to be measured
 * @throws Error when a server cannot be started; the reason of the signal
 */
export async function compare(
  scenario: string,
  group: Group,
  effort: Effort,
  lab: Lab,
  progress: (text: string) => void,
): Promise<Finding> {
  const { open, points, rounds: _rounds, warmUp: _warmUp, ...shown } = group;
  try {
    const contenders = await open();
    const rows: Row[] = [];
    for (const point of points) {
      progress(`${group.title}: ${group.axis} ${point.name}`);
      rows.push(...(await takeTurns(group, effort, contenders, point, lab.signal)));
    }
    return { ...shown, scenario, rows };
  } finally {
    await lab.clear();
  }
}
