/** How a figure is shown. */
interface Figure {
  /** The head of its column. */
  readonly label: string;
  readonly better: 'more' | 'less';
  /** What is measured, over what is shown. */
  readonly scale: number;
  readonly digits: number;
}

const MIB = 1_048_576;

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
  generatorCpu: figure('loader %', 'less', 0, 0.01),
  failures: figure('failed', 'less'),
} as const satisfies Record<string, Figure>;

export type FigureName = keyof typeof FIGURES;

/** The figure for a reader, with thousands set apart; empty where it was not measured. */
export function show(name: FigureName, value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '';
  const { scale, digits } = FIGURES[name];
  return (value / scale).toLocaleString('en-GB', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
