import { printable } from './printable.ts';

/**
 * Lays rows out in columns that are one space apart, as wide as their widest cell. Cells are shown as plain text.
 * @param numbers the columns whose cells stand at the right
 * @returns the lines, without trailing blanks
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  numbers: ReadonlySet<number> = new Set(),
): string[] {
  const widths: number[] = [];
  const plain = rows.map((row) => row.map(printable));
  for (const row of plain) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  return plain.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return numbers.has(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(' ')
      .trimEnd(),
  );
}
