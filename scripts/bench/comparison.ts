import { setTimeout as wait } from 'node:timers/promises';
import type { FigureName, Sample } from './figures.ts';
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
  /** The part of the bench that it belongs to, which can be asked for by its name. */
  readonly scenario: string;
  /** Names its goals. */
  readonly id: string;
  readonly title: string;
  /** For the reader of the report: what is done, by whom. */
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

/** All turns of one contender at one point. */
export interface Row {
  readonly contender: string;
  readonly point: Point;
  readonly rounds: readonly Sample[];
  /** Why it was given up, where it was. */
  readonly broken?: string;
}

/** What a group has shown. */
export interface Finding extends Shown {
  readonly rows: readonly Row[];
}

/** How long a turn lasts, and how often each contender has one. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
}

/** What a load leaves unfinished (connections to close, processes to end) gets this long before the next. */
const SETTLE = 150;

/** Points of whole numbers, named by themselves. */
export function numbers(...values: number[]): Point[] {
  return values.map((value) => ({ name: `${value}`, value }));
}

/** Requests that failed in all rounds. */
export function failuresOf({ rounds }: Row): number {
  return rounds.reduce((sum, round) => sum + (round.failures ?? 0), 0);
}

/** At one point, each time after a first round that is not counted. */
async function takeTurns(
  contenders: readonly Contender[],
  point: Point,
  { rounds, seconds }: Effort,
  warmUp: boolean,
  signal: AbortSignal,
): Promise<Row[]> {
  const turns = contenders.map((contender) => ({ contender, samples: [] as Sample[], broken: '' }));
  for (let round = warmUp ? -1 : 0; round < rounds; round += 1) {
    for (const turn of turns.filter(({ broken }) => broken === '')) {
      try {
        const sample = await turn.contender.measure(point, round < 0 ? 1 : seconds);
        if (round >= 0) turn.samples.push(sample);
      } catch (error) {
        signal.throwIfAborted();
        if (round >= 0) turn.broken = error instanceof Error ? error.message : String(error);
      }
      await wait(SETTLE, undefined, { signal });
    }
  }
  return turns.map(({ contender: { name }, samples, broken }) => {
    return { contender: name, point, rounds: samples, ...(broken && { broken }) };
  });
}

/**
 * Opens a group and lets its contenders take turns (A B A B …), at one point after the other; ends what was started
 * whatever happens.
 * @param effort in place of the group's own
 * @throws Error when a server cannot be started; the reason of the lab's signal
 */
export async function compare(group: Group, effort: Partial<Effort>, lab: Lab): Promise<Finding> {
  const { open, points, quickPoints = points, rounds = 5, warmUp = true, ...shown } = group;
  const { rounds: asked = lab.isCheck ? Math.ceil(rounds / 2) : rounds, seconds = lab.isCheck ? 1 : 2 } =
    effort;
  try {
    const contenders = await open(lab);
    const rows: Row[] = [];
    for (const point of lab.isCheck ? quickPoints : points) {
      console.error(`${group.title}: ${group.axis} ${point.name} …`);
      rows.push(...(await takeTurns(contenders, point, { rounds: asked, seconds }, warmUp, lab.signal)));
    }
    return { ...shown, rows };
  } finally {
    await lab.clear();
  }
}
