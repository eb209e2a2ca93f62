import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../../common/errors.ts';
import type { FigureName, Sample } from './figures.ts';
import type { Lab, Make } from './lab.ts';
import type { Subject } from './server-process.ts';

/** One value of the thing that a group varies: a number of connections, the size of a body. */
export interface Point {
  readonly name: string;
  readonly value: number;
}

/** One of the servers that take turns, and how it is measured. */
export interface Contender {
  readonly make: Make;
  /** @throws Error where it cannot be measured: it has ended, or answered nothing */
  measure(lab: Lab, subject: Subject, point: Point, seconds: number): Promise<Sample>;
}

/** The content of a group's table. Its text stands in docs/benchmarks.md, written by hand. */
interface Shown {
  /** The head of the column with the points. */
  readonly axis: string;
  readonly columns: readonly FigureName[];
  /** The columns that are also shown as ratios to another contender's. */
  readonly ratios: readonly FigureName[];
  /** The columns that are also shown as differences to another contender's. */
  readonly differences?: readonly FigureName[];
  /** The contenders that ratios and differences compare with: the first where none are named. */
  readonly beside?: readonly string[];
}

/** Contenders that take turns at the same work. */
export interface Group extends Shown {
  readonly points: readonly Point[];
  /** The points of the quick form, where they differ. The quick form leaves out a group without any. */
  readonly quickPoints?: readonly Point[];
  /** In place of 5. The quick form has half as many. */
  readonly rounds?: number;
  /** False where a first round that is not counted would make no difference. */
  readonly warmUp?: false;
  readonly contenders: readonly Contender[];
  /** The contenders of the quick form, where it does not have all. */
  readonly quick?: readonly Make[];
}

/** A part of the bench, which can be asked for by its name: its groups, by the ids that name their goals. */
export type Scenario = Readonly<Record<string, Group>>;

export type NamedGroup = Group & { readonly scenario: string; readonly id: string };

/** All turns of one contender at one point. */
export interface Row {
  readonly contender: string;
  readonly point: Point;
  readonly rounds: Sample[];
  /** Why it was given up, where it was. */
  broken?: string;
}

/** The results of a group. */
export interface Finding extends Shown {
  readonly scenario: string;
  readonly id: string;
  readonly rows: Row[];
  /** Why it was not measured to its end, where it was not. */
  broken?: string;
}

/** How often each contender has a turn, and how long it lasts. */
export type Effort = Readonly<Partial<Record<'rounds' | 'seconds', number>>>;

/** The pause between two loads, in milliseconds, in which connections close and processes end. */
const SETTLE = 150;

/** Makes points, named by their values. Values of whole KiB are sizes. */
export function points(...values: number[]): Point[] {
  return values.map((value) => {
    const kib = value / 1024;
    const size = kib < 1024 ? `${kib} KiB` : `${kib / 1024} MiB`;
    return { name: value > 0 && Number.isInteger(kib) ? size : `${value}`, value };
  });
}

/**
 * Lets the contenders of a group take turns (A B A B …), at one point after the other, each time after a first round that
 * is not counted. It ends all servers that it has started, also where it throws.
 * @param effort in place of the group's own
 * @throws the reason of the lab's signal
 */
export async function compare(group: NamedGroup, effort: Effort, lab: Lab): Promise<Finding> {
  const { contenders, quick, points, quickPoints = points, rounds: own = 5, warmUp = true, ...shown } = group;
  const { rounds = lab.isCheck ? Math.ceil(own / 2) : own, seconds = lab.isCheck ? 1 : 2 } = effort;
  const finding: Finding = { ...shown, rows: [] };
  /** Lets one contender have its turn. A turn in a round before 0 does not count. */
  const takeTurn = async (row: Row, turn: (seconds: number) => Promise<Sample>, round: number) => {
    if (row.broken !== undefined) return;
    try {
      const sample = await turn(round < 0 ? 1 : seconds);
      if (round >= 0) row.rounds.push(sample);
    } catch (error) {
      lab.signal.throwIfAborted();
      if (round >= 0) row.broken = messageOf(error);
    }
    await wait(SETTLE, undefined, { signal: lab.signal });
  };
  try {
    const ready: { subject: Subject; measure: Contender['measure'] }[] = [];
    for (const { make, measure } of contenders) {
      const subject = lab.isCheck && quick?.includes(make) === false ? undefined : await make(lab);
      if (subject) ready.push({ subject, measure });
    }
    for (const point of lab.isCheck ? quickPoints : points) {
      console.error(`${group.id}: ${group.axis} ${point.name} …`);
      const turns = ready.map(({ subject, measure }) => {
        const row: Row = { contender: subject.name, point, rounds: [] };
        return { row, turn: (time: number) => measure(lab, subject, point, time) };
      });
      finding.rows.push(...turns.map(({ row }) => row));
      for (let round = warmUp ? -1 : 0; round < rounds; round += 1) {
        for (const { row, turn } of turns) await takeTurn(row, turn, round);
      }
    }
  } catch (error) {
    lab.signal.throwIfAborted();
    finding.broken = messageOf(error);
  } finally {
    await lab.clear();
  }
  return finding;
}
