import type { FigureName } from './figures.ts';
import type { Lab } from './lab.ts';
import type { Stage } from './stage.ts';

/** One value of the quantity that a scenario varies: a number of connections, the size of a body. */
export interface Point {
  readonly name: string;
  /** Where it stands on the axis of a chart. */
  readonly value: number;
}

/** The results of one turn. */
export type Sample = Readonly<Partial<Record<FigureName, number>>>;

/** One of the contenders that take turns. */
export interface Contender {
  readonly name: string;
  /** @throws Error where it cannot be measured, because it has ended or answered nothing */
  measure(point: Point, seconds: number): Promise<Sample>;
}

export interface ChartPlan {
  readonly kind: 'curves' | 'bars';
  readonly figure: FigureName;
  /** Whether to show it divided by the first contender's. */
  readonly asRatio: boolean;
}

/** Contenders that take turns at the same work. The others are compared with the first. */
export interface Group {
  /** Names its charts and its goals. */
  readonly id: string;
  readonly title: string;
  /** The work in words, for the reader of the report. */
  readonly about: string;
  /** The points in words, as the head of a column. */
  readonly axis: string;
  readonly points: readonly Point[];
  readonly rounds: number;
  readonly seconds: number;
  /** False where a first round that is not counted would make no difference. */
  readonly warmUp?: false;
  /** The figures in the tables. */
  readonly columns: readonly FigureName[];
  /** Figures that are also shown divided by the first contender's. */
  readonly ratios: readonly FigureName[];
  /** Figures that are shown by how much they are over the first contender's. */
  readonly differences?: readonly FigureName[];
  /** The contender that is compared with every other, one by one, and the figure. */
  readonly duel?: { readonly names: readonly string[]; readonly figure: FigureName };
  readonly charts: readonly ChartPlan[];
  /** Starts the servers of the group; the stage ends them. */
  open(stage: Stage): Promise<readonly Contender[]>;
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
