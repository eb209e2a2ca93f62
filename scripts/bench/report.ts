import type { ColdStart } from './cold-start.ts';
import type { Comparison, Row } from './comparison.ts';
import type { Machine } from './machine.ts';
import type { Mark } from './marks.ts';
import type { Summary } from './statistics.ts';
import { layOut } from './table.ts';

/** All that a run has found, as it is written to the JSON file. */
export interface Report {
  readonly machine: Machine;
  readonly generator: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly comparisons: readonly Comparison[];
  readonly coldStarts: readonly ColdStart[];
  readonly marks: readonly Mark[];
}

const MIB = 1_048_576;

/** Half of the way from the least to the most, as part of the median. */
function spread({ median, least, most }: Summary): string {
  return `±${(((most - least) / 2 / median) * 100).toFixed(0)}%`;
}

const ratio = (summary: Summary): string => summary.median.toFixed(2);
const whole = (summary: Summary): string => summary.median.toFixed(0);
const hundredths = (summary: Summary): string => summary.median.toFixed(2);
const mebibytes = (summary: Summary): string => (summary.median / MIB).toFixed(0);

function percent({ median }: Summary): string {
  return Number.isNaN(median) ? '' : `${(median * 100).toFixed(0)}%`;
}

const COLUMNS: readonly (readonly [head: string, cellOf: (row: Row) => string])[] = [
  ['server', (row) => row.server],
  ['conns', (row) => `${row.connections}`],
  ['req/s', (row) => whole(row.figures.rate)],
  ['spread', (row) => spread(row.figures.rate)],
  ['ratio', (row) => ratio(row.ratios.rate)],
  ['p50 ms', (row) => hundredths(row.figures.p50)],
  ['ratio', (row) => ratio(row.ratios.p50)],
  ['p99 ms', (row) => hundredths(row.figures.p99)],
  ['ratio', (row) => ratio(row.ratios.p99)],
  ['CPU us/req', (row) => whole(row.figures.cpu)],
  ['own', (row) => whole(row.figures.ownCpu)],
  ['function', (row) => whole(row.figures.functionCpu)],
  ['ratio', (row) => ratio(row.ratios.cpu)],
  ['MiB', (row) => mebibytes(row.figures.resident)],
  ['own', (row) => mebibytes(row.figures.ownResident)],
  ['function', (row) => mebibytes(row.figures.functionResident)],
  ['ratio', (row) => ratio(row.ratios.resident)],
  ['loader', (row) => percent(row.figures.generatorCpu)],
  ['failed', (row) => `${row.failures}`],
];

function comparisonTable({ title, rows }: Comparison): string {
  const heads = COLUMNS.map(([head]) => head);
  const cells = rows.map((row) => COLUMNS.map(([, cellOf]) => cellOf(row)));
  return `${title}\n\n${layOut(heads, cells)}`;
}

function coldStartTable(coldStarts: readonly ColdStart[]): string {
  const rows = coldStarts.map(({ name, time, overBare }, index) => [
    name,
    time.median.toFixed(0),
    `${time.least.toFixed(0)} to ${time.most.toFixed(0)}`,
    index === 0 ? '' : `${overBare.median < 0 ? '' : '+'}${overBare.median.toFixed(0)}`,
  ]);
  return layOut(['cold start, to a healthy answer', 'ms', 'spread', 'over node -e 0'], rows);
}

/** The report for a terminal. */
export function printReport(report: Report): string {
  const { machine, comparisons, coldStarts, marks } = report;
  const parts = [
    `${machine.cpu}, ${machine.cores} cores, Linux ${machine.kernel}, Node ${machine.node}, ${report.generator}; ` +
      `medians of ${report.rounds} rounds of ${report.seconds} s, in turn; load before: ${machine.loadBefore.toFixed(2)}`,
    ...comparisons.map(comparisonTable),
  ];
  if (coldStarts.length > 0) parts.push(coldStartTable(coldStarts));
  if (marks.length > 0) {
    parts.push(
      marks
        .map((mark) => `${mark.met ? 'pass' : 'MISS'}  ${mark.what}: ${mark.seen} (${mark.wanted})`)
        .join('\n'),
    );
  }
  return `\n${parts.join('\n\n')}\n`;
}
