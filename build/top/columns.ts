import type { FunctionFigures } from '../gateway-client/live-functions.ts';
import { shownName } from '../gateway-client/function-names.ts';
import { bytes, cpu, milliseconds, percent, rate } from './format.ts';

/** One column of the table of functions. */
export interface Column {
  readonly title: string;
  readonly cell: (figures: FunctionFigures) => string;
  /** Gives the key by which rows are sorted, the smallest first: functions with trouble or load come first. */
  readonly order: (figures: FunctionFigures) => number | string;
  /** Whether cells stand at the right. */
  readonly isNumber: boolean;
}

const TROUBLE_FIRST = { failing: 0, degraded: 1, starting: 2, ready: 3, zero: 4 } as const;

/** A column of numbers, the largest first. */
function number<T extends number | undefined>(
  title: string,
  value: (figures: FunctionFigures) => T,
  shown: (value: T, figures: FunctionFigures) => string,
): Column {
  return {
    title,
    cell: (figures) => shown(value(figures), figures),
    order: (figures) => -(value(figures) ?? -1),
    isNumber: true,
  };
}

/** The figures of a function, in the order of the page's own table. */
export const COLUMNS: readonly Column[] = [
  { title: 'NAME', cell: shownName, order: shownName, isNumber: false },
  { title: 'STATE', cell: ({ state }) => state, order: ({ state }) => TROUBLE_FIRST[state], isNumber: false },
  number(
    'READY',
    (one) => one.replicas,
    (replicas, { availableReplicas }) => `${availableReplicas}/${replicas}`,
  ),
  number('CALLS', (one) => one.calls, String),
  number('CALLS/S', (one) => one.rate, rate),
  number('P50', (one) => one.p50, milliseconds),
  number('P95', (one) => one.p95, milliseconds),
  number(
    'ERRORS',
    (one) => one.errors,
    (errors, one) => (one.rate === 0 ? '-' : percent(errors)),
  ),
  number('IN-FLIGHT', (one) => one.inFlight, String),
  number('CPU', (one) => one.cpu, cpu),
  number('MEMORY', (one) => one.memory, bytes),
];

/** The places of columns whose cells stand at the right. */
export const NUMBERS: ReadonlySet<number> = new Set(
  [...COLUMNS.keys()].filter((at) => COLUMNS[at]?.isNumber),
);

export function compareBy({ order }: Column, one: FunctionFigures, other: FunctionFigures): number {
  const [x, y] = [order(one), order(other)];
  if (x !== y) return x < y ? -1 : 1;
  return shownName(one) < shownName(other) ? -1 : 1;
}
