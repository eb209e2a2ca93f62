/** How a figure is shown. */
interface Figure {
  /** The head of its column. */
  readonly label: string;
  /** The title of its axis in a chart. */
  readonly axis: string;
  /** The figure in words, without its unit. */
  readonly scale: number;
  readonly digits: number;
  readonly better: 'more' | 'less';
}

const MIB = 1_048_576;

function figure(
  label: string,
  axis: string,
  better: Figure['better'],
  { scale = 1, digits = 0 }: { scale?: number; digits?: number } = {},
): Figure {
  return { label, axis, better, scale, digits };
}

/** All figures that are measured. Times are in milliseconds, processor time in microseconds, memory in bytes. */
export const FIGURES = {
  rate: figure('req/s', 'requests per second', 'more'),
  p50: figure('p50 ms', 'p50, milliseconds', 'less', { digits: 2 }),
  p99: figure('p99 ms', 'p99, milliseconds', 'less', { digits: 2 }),
  tail: figure('p99/p50', 'p99 over p50', 'less', { digits: 2 }),
  cpu: figure('CPU µs/req', 'processor time per request, microseconds', 'less'),
  ownCpu: figure('its own', 'processor time of its own per request, microseconds', 'less'),
  byteRate: figure('MiB/s', 'MiB per second', 'more', { scale: MIB }),
  byteCpu: figure('CPU µs/MiB', 'processor time per MiB, microseconds', 'less'),
  resident: figure('MiB in all', 'resident memory in all, MiB', 'less', { scale: MIB }),
  ownResident: figure('MiB', 'resident memory of its own, MiB', 'less', { scale: MIB }),
  healthy: figure('healthy ms', 'start to the first healthy answer, milliseconds', 'less', { digits: 1 }),
  first: figure('answer ms', "start to the function's first answer, milliseconds", 'less', { digits: 1 }),
  generatorCpu: figure('loader %', 'processor time of the load generator, percent', 'less', { scale: 0.01 }),
  failures: figure('failed', 'failed requests', 'less'),
} as const satisfies Record<string, Figure>;

export type FigureName = keyof typeof FIGURES;

/** Writes the figure for a reader, with thousands set apart; empty where it was not measured. */
export function show(name: FigureName, value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '';
  const { scale, digits } = FIGURES[name];
  return (value / scale).toLocaleString('en-GB', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
