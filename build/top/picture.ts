import type { FunctionFigures } from '../gateway-client/live-functions.ts';
import { printable } from '../terminal/printable.ts';
import type { Output } from '../terminal/output.ts';
import { alignColumns } from '../terminal/text-table.ts';
import { COLUMNS, compareBy, NUMBERS, type Column } from './columns.ts';
import { rate } from './format.ts';
import { KEYS_LINE, type View } from './view.ts';

/** The facts that a picture shows. */
export interface Known {
  readonly url: string;
  readonly functions: readonly FunctionFigures[];
  /** Why the figures are old; '' where they are not. */
  readonly problem: string;
  /** When the gateway was heard last, in milliseconds since 1970; undefined before that. */
  readonly heardAt: number | undefined;
  /** Why the gateway is not heard any more; '' while it is. */
  readonly silence: string;
}

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Lines besides the rows of functions: two above the table, its head, and the keys below. */
const OTHER_LINES = 4;

/** The least width of a column of numbers, so that the table does not jump with each digit. */
const NUMBER_WIDTH = 5;

/** Rows of functions that are seen at a time. */
export function pageOf({ rows }: Size): number {
  return Math.max(1, rows - OTHER_LINES);
}

/**
 * Makes the table of functions, sorted by name, for a stream that is no terminal.
 * @param more columns after those of the figures
 */
export function plainTable(
  functions: readonly FunctionFigures[],
  more: readonly Pick<Column, 'title' | 'cell'>[] = [],
): string[] {
  return tableLines(
    ordered(functions, { column: 0, isReversed: false }),
    [...COLUMNS, ...more].map(({ title }) => title),
    ...more.map(({ cell }) => cell),
  );
}

/**
 * Makes the whole screen.
 * @param now milliseconds since 1970
 * @returns the lines of the screen, none wider than it
 */
export function picture(
  known: Known,
  view: View,
  size: Size,
  { now, paint }: { readonly now: number; readonly paint: Output['paint'] },
): string[] {
  const titles = COLUMNS.map(({ title, isNumber }, at) => {
    const mark = isNumber === view.isReversed ? '▲' : '▼';
    const marked = at === view.column ? `${title}${mark}` : title;
    return isNumber ? marked.padStart(NUMBER_WIDTH) : marked;
  });
  const functions = ordered(known.functions, view);
  const [head = '', ...rows] = tableLines(functions, [...titles, 'NOTE'], noteOf);
  const page = pageOf(size);
  const offset = Math.max(0, Math.min(view.offset, rows.length - page));
  const seen = rows.slice(offset, offset + page).map((row, at) => {
    const state = functions[offset + at]?.state;
    const cut = fit(row, size);
    if (state === 'failing' || state === 'degraded') return paint('red', cut);
    return state === 'zero' ? paint('dim', cut) : cut;
  });
  const blank = Array.from({ length: page - seen.length }, () => '');
  return [
    healthLine(known, size, now, paint),
    fit(summary(known.functions), size),
    paint('inverse', fit(head.padEnd(size.columns), size)),
    ...seen,
    ...blank,
    paint('dim', fit(KEYS_LINE, size)),
  ].slice(0, size.rows);
}

function healthLine(
  { url, problem, heardAt, silence }: Known,
  size: Size,
  now: number,
  paint: Output['paint'],
): string {
  const head = `ofkit top  ${printable(url)}  `;
  if (silence !== '') {
    const seconds = heardAt === undefined ? 0 : Math.max(0, Math.floor((now - heardAt) / 1000));
    return paint(
      'yellow',
      fit(`${head}stale for ${seconds} s, connecting again: ${printable(silence)}`, size),
    );
  }
  if (heardAt === undefined) return fit(`${head}connecting`, size);
  if (problem !== '') return paint('yellow', fit(`${head}stale: ${printable(problem)}`, size));
  return fit(`${head}live`, size);
}

function summary(functions: readonly FunctionFigures[]): string {
  const sum = (value: (one: FunctionFigures) => number): number =>
    functions.reduce((total, one) => total + value(one), 0);
  const ready = sum(({ availableReplicas }) => availableReplicas);
  const parts = [
    `functions ${functions.length}`,
    `ready ${ready}/${sum(({ replicas }) => replicas)}`,
    `calls/s ${rate(sum((one) => one.rate))}`,
    `in flight ${sum(({ inFlight }) => inFlight)}`,
  ];
  return parts.join('   ');
}

function ordered(
  functions: readonly FunctionFigures[],
  { column, isReversed }: Pick<View, 'column' | 'isReversed'>,
): FunctionFigures[] {
  const by = COLUMNS[column];
  const sorted = by ? [...functions].sort((one, other) => compareBy(by, one, other)) : [...functions];
  return isReversed ? sorted.reverse() : sorted;
}

function tableLines(
  functions: readonly FunctionFigures[],
  head: readonly string[],
  ...more: readonly ((figures: FunctionFigures) => string)[]
): string[] {
  const cells = [...COLUMNS.map(({ cell }) => cell), ...more];
  return alignColumns([head, ...functions.map((one) => cells.map((cell) => cell(one)))], NUMBERS);
}

/** Gives the note of a function that is in trouble. Other notes are not urgent, and not shown. */
function noteOf({ state, note }: FunctionFigures): string {
  return state === 'ready' || state === 'zero' ? '' : note;
}

/** Cut off where the screen ends. */
function fit(line: string, { columns }: Size): string {
  const characters = [...line];
  return characters.length > columns ? characters.slice(0, columns).join('') : line;
}
