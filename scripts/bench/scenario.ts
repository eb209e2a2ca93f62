import type { FigureName } from './figures.ts';
import type { Lab } from './lab.ts';

/** One setting of what a scenario varies: a number of connections, the size of a body. */
export interface Point {
  readonly name: string;
  readonly value: number;
}

/** What one turn has shown. */
export type Sample = Readonly<Partial<Record<FigureName, number>>>;

/** One of those that take turns. */
export interface Contender {
  readonly name: string;
  /** @throws Error where it cannot be measured: it has ended, or answered nothing */
  measure(point: Point, seconds: number): Promise<Sample>;
}

/** Contenders that take turns at the same work. The first is what the others are compared with. */
export interface Group {
  /** Names its goals. */
  readonly id: string;
  readonly title: string;
  /** For the reader of the report: what is done, by whom. */
  readonly about: string;
  /** What the points are, as the head of a column. */
  readonly axis: string;
  readonly points: readonly Point[];
  /** In place of 5, or 3 in the quick form. */
  readonly rounds?: number;
  /** False where a first round that is not counted would make no difference. */
  readonly warmUp?: false;
  /** What the table shows. */
  readonly columns: readonly FigureName[];
  /** Those of them that are also shown over the first contender's. */
  readonly ratios: readonly FigureName[];
  /** Those that are shown by how much they are over the first contender's. */
  readonly differences?: readonly FigureName[];
  /** Starts what is measured; the lab ends it. */
  open(): Promise<readonly Contender[]>;
}

/** A part of the bench, which can be asked for by its name. */
export interface Scenario {
  readonly name: string;
  groups(lab: Lab): Promise<readonly Group[]>;
}

/** Points of whole numbers, named by themselves. */
export function numbers(...values: number[]): Point[] {
  return values.map((value) => ({ name: `${value}`, value }));
}
