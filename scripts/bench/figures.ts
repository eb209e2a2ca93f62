/** How a figure is shown. */
interface Figure {
  /** The head of its column. */
  readonly label: string;
  readonly better: 'more' | 'less';
  /** How many of the measured unit make one of the unit that is shown. */
  readonly scale: number;
  readonly digits: number;
}

export const MIB = 1_048_576;

function figure(label: string, better: Figure['better'], digits = 0, scale = 1): Figure {
  return { label, better, digits, scale };
}

/** All that is measured. Times are in milliseconds, processor time in microseconds, memory in bytes. */
export const FIGURES = {
  rate: figure('req/s', 'more'),
  p50: figure('p50 ms', 'less', 2),
  p99: figure('p99 ms', 'less', 2),
  tail: figure('p99/p50', 'less', 2),
  /** With all processes below the server. */
  cpu: figure('CPU µs/req', 'less'),
  ownCpu: figure('its own', 'less'),
  byteRate: figure('MiB/s', 'more', 0, MIB),
  byteCpu: figure('CPU µs/MiB', 'less'),
  resident: figure('MiB in all', 'less', 0, MIB),
  ownResident: figure('MiB', 'less', 0, MIB),
  /** From the start to the first healthy answer, to the function's first, and from a deployment to that. */
  healthy: figure('healthy ms', 'less', 1),
  first: figure('answer ms', 'less', 1),
  deployed: figure('deployed ms', 'less', 1),
  /** A call right after the first. */
  warm: figure('next answer ms', 'less', 1),
  /** From the 202 of a queued call to the start of the function: half take less. */
  begun: figure('begun ms', 'less', 2),
  /** Queued calls that a function of one millisecond works off. */
  drained: figure('drained/s', 'more'),
  generatorCpu: figure('loader %', 'less', 0, 0.01),
  failures: figure('failed', 'less'),
} as const satisfies Record<string, Figure>;

export type FigureName = keyof typeof FIGURES;

/** The figures of one turn. */
export type Sample = Readonly<Partial<Record<FigureName, number>>>;

/** How a figure is read: by itself, as a ratio to another contender's, or by how much it is over another's. */
const READINGS = {
  itself: (own: number) => own,
  of: (own: number, others: number) => own / others,
  over: (own: number, others: number) => own - others,
};

export type Reading = keyof typeof READINGS;

/** The figure for a reader, with thousands set apart; empty where it was not measured. */
export function show(figure: FigureName, value: number | undefined, reading: Reading = 'itself'): string {
  if (value === undefined || Number.isNaN(value)) return '';
  const { scale, digits } = reading === 'of' ? { scale: 1, digits: 2 } : FIGURES[figure];
  return (value / scale).toLocaleString('en-GB', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** The middle of several measurements, and how far apart they lay. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Reads a figure over all rounds. Each round is compared with the same round of the other contender.
 * @returns undefined where it was not measured
 */
export function readFigure(
  figure: FigureName,
  reading: Reading,
  rounds: readonly Sample[],
  others: readonly Sample[] = [],
): Summary | undefined {
  const values = rounds
    .map((round, turn) =>
      READINGS[reading](round[figure] ?? Number.NaN, others[turn]?.[figure] ?? Number.NaN),
    )
    .filter((value) => Number.isFinite(value))
    .sort((a, b) => a - b);
  const half = (values.length - 1) / 2;
  const [least, low, high, most] = [0, Math.floor(half), Math.ceil(half), -1].map((index) =>
    values.at(index),
  );
  if (least === undefined || low === undefined || high === undefined || most === undefined) return undefined;
  return { median: (low + high) / 2, least, most };
}
