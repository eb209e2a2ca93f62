import { setTimeout as wait } from 'node:timers/promises';
import { MIB, type FigureName, type Sample } from './figures.ts';
import type { Lab } from './lab.ts';

/** One setting of what a group varies: a number of connections, the size of a body. */
export interface Point {
  readonly name: string;
  readonly value: number;
}

/** One of those that take turns. */
export interface Contender {
  readonly name: string;
  /** @throws Error where it cannot be measured: it has ended, or answered nothing */
  measure(point: Point, seconds: number): Promise<Sample>;
}

/** What a reader is told of a group, and shown. */
interface Shown {
  readonly title: string;
  /** What is done, by whom. */
  readonly about: string;
  /** What the points are, as the head of a column. */
  readonly axis: string;
  /** What the table shows. */
  readonly columns: readonly FigureName[];
  /** Those of them that are also shown over another contender's. */
  readonly ratios: readonly FigureName[];
  /** Those that are shown by how much they are over another contender's. */
  readonly differences?: readonly FigureName[];
  /** The contenders that these two compare with: the first where none are named. */
  readonly beside?: readonly string[];
}

/** Contenders that take turns at the same work. */
export interface Group extends Shown {
  readonly points: readonly Point[];
  /** The points of the quick form where they are others: where none, it leaves the group out. */
  readonly quickPoints?: readonly Point[];
  /** In place of 5. The quick form has half as many. */
  readonly rounds?: number;
  /** False where a first round that is not counted would make no difference. */
  readonly warmUp?: false;
  /** Starts what is measured; the lab ends it. */
  open(lab: Lab): Promise<readonly Contender[]>;
}

/** A part of the bench, which can be asked for by its name: its groups, by the ids that name their goals. */
export type Scenario = Readonly<Record<string, Group>>;

/** All turns of one contender at one point. */
export interface Row {
  readonly contender: string;
  readonly point: Point;
  readonly rounds: Sample[];
  /** Why it was given up, where it was. */
  broken?: string;
}

/** What a group has shown. */
interface Findings extends Shown {
  readonly rows: Row[];
  /** Why it was not measured to its end, where it was not. */
  broken?: string;
}

export type Finding = Findings & { readonly scenario: string; readonly id: string };

/** How often each contender has a turn, and how long it lasts. */
export type Effort = Readonly<Partial<Record<'rounds' | 'seconds', number>>>;

/** What a load leaves unfinished (connections to close, processes to end) gets this long before the next. */
const SETTLE = 150;

/** Points of whole numbers, named by themselves. */
export function numbers(...values: number[]): Point[] {
  return values.map((value) => ({ name: `${value}`, value }));
}

/** Points of sizes of 1 KiB and more, named as such. */
export function sizes(...values: number[]): Point[] {
  return values.map((value) => {
    return { name: value >= MIB ? `${value / MIB} MiB` : `${value / 1024} KiB`, value };
  });
}

/** Requests that failed in all rounds. */
export function failuresOf({ rounds }: Row): number {
  return rounds.reduce((sum, round) => sum + (round.failures ?? 0), 0);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A turn of each contender that has not been given up; none of them counts in the rounds before 0. */
async function takeTurns(
  contenders: readonly Contender[],
  rows: readonly Row[],
  round: number,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, row] of rows.entries()) {
    if (row.broken !== undefined) continue;
    try {
      const sample = await contenders[index]?.measure(row.point, round < 0 ? 1 : seconds);
      if (round >= 0 && sample) row.rounds.push(sample);
    } catch (error) {
      signal.throwIfAborted();
      if (round >= 0) row.broken = messageOf(error);
    }
    await wait(SETTLE, undefined, { signal });
  }
}

/**
 * Lets the contenders of a group take turns (A B A B …), at one point after the other, each time after a first round that
 * is not counted; ends what was started whatever happens.
 * @param effort in place of the group's own
 * @throws the reason of the lab's signal
 */
export async function compare(group: Group, effort: Effort, lab: Lab): Promise<Findings> {
  const { open, points, quickPoints = points, rounds: own = 5, warmUp = true, ...shown } = group;
  const { rounds = lab.isCheck ? Math.ceil(own / 2) : own, seconds = lab.isCheck ? 1 : 2 } = effort;
  const findings: Findings = { ...shown, rows: [] };
  try {
    const contenders = await open(lab);
    for (const point of lab.isCheck ? quickPoints : points) {
      console.error(`${group.title}: ${group.axis} ${point.name} …`);
      const rows = contenders.map(({ name }): Row => ({ contender: name, point, rounds: [] }));
      findings.rows.push(...rows);
      for (let round = warmUp ? -1 : 0; round < rounds; round += 1) {
        await takeTurns(contenders, rows, round, seconds, lab.signal);
      }
    }
  } catch (error) {
    lab.signal.throwIfAborted();
    findings.broken = messageOf(error);
  } finally {
    await lab.clear();
  }
  return findings;
}
