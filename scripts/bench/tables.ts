import { compareRounds, figureOf, ratioOf, type Finding, type Row } from './comparison.ts';
import { FIGURES, show, type FigureName } from './figures.ts';
import type { Verdict } from './judge.ts';
import type { Summary } from './statistics.ts';

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = heads.map((_head, column) => (column === 0 ? '---' : '--:'));
  return [line(heads), line(rule), ...rows.map(line)].join('\n');
}

/** The median, and the least and the most of all rounds. */
function withSpread(summary: Summary | undefined): string {
  if (!summary) return '';
  const { median, least, most } = summary;
  return `**${median.toFixed(2)}** (${least.toFixed(2)}–${most.toFixed(2)})`;
}

interface Column {
  readonly head: string;
  cell(row: Row, first: Row): string;
}

function columnsOf(finding: Finding, figure: FigureName, firstName: string): Column[] {
  const { label } = FIGURES[figure];
  const columns: Column[] = [{ head: label, cell: (row) => show(figure, figureOf(row, figure)?.median) }];
  if (finding.ratios.includes(figure)) {
    columns.push({ head: `of ${firstName}`, cell: (row, first) => withSpread(ratioOf(row, first, figure)) });
  }
  if (finding.differences?.includes(figure)) {
    const cell = (row: Row, first: Row): string => {
      const over = compareRounds(row, first, figure, (own, others) => own - others);
      return over
        ? `**+${show(figure, over.median)}** (${show(figure, over.least)}–${show(figure, over.most)})`
        : '';
    };
    columns.push({ head: `over ${firstName}`, cell });
  }
  return columns;
}

function firstAt(finding: Finding, row: Row): Row {
  return finding.rows.find(({ point }) => point.name === row.point.name) ?? row;
}

/** Everything that a group has shown: a row for each contender at each point. */
export function findingTable(finding: Finding): string {
  const { rows, axis } = finding;
  const firstName = rows[0]?.contender ?? '';
  const hasPoints = new Set(rows.map(({ point }) => point.name)).size > 1;
  const hasFigure = (figure: FigureName): boolean => rows.some((row) => figureOf(row, figure) !== undefined);
  const columns = finding.columns
    .filter(hasFigure)
    .flatMap((figure) => columnsOf(finding, figure, firstName));
  const heads = ['', ...(hasPoints ? [axis] : []), ...columns.map(({ head }) => head)];
  const cells = rows.map((row) => {
    const first = firstAt(finding, row);
    const isFirst = row === first;
    return [
      row.contender,
      ...(hasPoints ? [row.point.name] : []),
      ...columns.map(({ head, cell }) =>
        isFirst && (head === `of ${firstName}` || head === `over ${firstName}`) ? '' : cell(row, first),
      ),
    ];
  });
  return table(heads, cells);
}

/** What is aimed at, and what was measured. */
export function goalTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.flatMap(({ goal: { id, figure, read, aim }, seen, failures, isMet }) => {
    if (aim === undefined) return [];
    const shown = (value: number): string => (read === 'of' ? value.toFixed(2) : show(figure, value));
    const bound = FIGURES[figure].better === 'more' ? 'at least' : 'at most';
    const failed = failures > 0 ? `, ${failures} failed` : '';
    return [[id, `${bound} ${shown(aim)}`, `${shown(seen)}${failed}`, isMet ? 'met' : '**not met**']];
  });
  return table(['goal', 'aimed at', 'measured', ''], rows);
}
