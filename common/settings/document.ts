import type { AnySetting } from './setting.ts';

/** A column of the table in the documentation, between the default and the line. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
}

function fallbackOf(row: AnySetting): string {
  if (row.fallbackText !== undefined) return row.fallbackText;
  const printed = row.fallback === undefined ? '' : row.parser.print(row.fallback);
  return printed === '' ? '' : `\`${printed}\``;
}

/** Makes a table of settings for the documentation, in Markdown. */
export function settingsAsMarkdown<Row extends AnySetting>(
  rows: readonly Row[],
  columns: readonly Column<Row>[] = [],
): string {
  const titles = ['Variable', 'Default', ...columns.map(({ title }) => title), 'What it does'];
  const lines = rows.map((row) => {
    const names = row.names.map((name) => `\`${name}\``).join(', ');
    return [names, fallbackOf(row), ...columns.map(({ cell }) => cell(row)), row.line];
  });
  return [titles, titles.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Makes a list of settings for a terminal, as `--help` prints it. */
export function settingsAsText(rows: readonly AnySetting[]): string {
  return rows
    .map((row) => {
      const fallback = fallbackOf(row);
      const head = row.names.join(', ') + (fallback === '' ? '' : ` (default: ${fallback})`);
      return `  ${head}\n      ${row.line}`.replaceAll('`', '');
    })
    .join('\n');
}
