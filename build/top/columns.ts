import type { FunctionFigures } from '../gateway-client/live-functions.ts';
import { shownName } from '../gateway-client/names.ts';
import { bytes, cpu, milliseconds, percent, rate } from './format.ts';

/** One column of the table of functions. */
export interface Column {
  readonly title: string;
  readonly cell: (figures: FunctionFigures) => string;
  /** What rows are ordered by, the smallest first: trouble and load come before what is well and idle. */
  readonly order: (figures: FunctionFigures) => number | string;
  /** Whether cells stand at the right. */
  readonly isNumber: boolean;
}

const TROUBLE_FIRST = { failing: 0, degraded: 1, starting: 2, ready: 3, zero: 4 } as const;

function number(
  title: string,
  value: (figures: FunctionFigures) => number | undefined,
  shown: (figures: FunctionFigures) => string,
): Column {
  return { title, cell: shown, order: (figures) => -(value(figures) ?? -1), isNumber: true };
}

/** The figures of a function, in the order of the page's own table. */
export const COLUMNS: readonly Column[] = [
  { title: 'NAME', cell: shownName, order: shownName, isNumber: false },
  { title: 'STATE', cell: ({ state }) => state, order: ({ state }) => TROUBLE_FIRST[state], isNumber: false },
  number(
    'READY',
    ({ replicas }) => replicas,
    ({ availableReplicas, replicas }) => `${availableReplicas}/${replicas}`,
  ),
  number(
    'CALLS',
    (one) => one.calls,
    ({ calls }) => String(calls),
  ),
  number(
    'CALLS/S',
    (one) => one.rate,
    (one) => rate(one.rate),
  ),
  number(
    'P50',
    ({ p50 }) => p50,
    ({ p50 }) => milliseconds(p50),
  ),
  number(
    'P95',
    ({ p95 }) => p95,
    ({ p95 }) => milliseconds(p95),
  ),
  number(
    'ERRORS',
    ({ errors }) => errors,
    (one) => (one.rate === 0 ? '-' : percent(one.errors)),
  ),
  number(
    'IN-FLIGHT',
    ({ inFlight }) => inFlight,
    ({ inFlight }) => String(inFlight),
  ),
  number(
    'CPU',
    (one) => one.cpu,
    (one) => cpu(one.cpu),
  ),
  number(
    'MEMORY',
    ({ memory }) => memory,
    ({ memory }) => bytes(memory),
  ),
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
