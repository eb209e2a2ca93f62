import { alignColumns } from '../../build/terminal/text-table.ts';
import { COLUMNS, NUMBERS } from '../../build/top/columns.ts';

/** The parts of output that differ from run to run, and their replacements in the documents. */
const VOLATILE: readonly [what: RegExp, instead: string][] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '2026-01-31T15:04:05.678Z'],
  [/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/g, '2026/01/31 15:04:05'],
  [/^(date): .*$/gim, '$1: Sat, 31 Jan 2026 15:04:05 GMT'],
  [/^(x-start-time): \d+$/gim, '$1: 1769871845678000000'],
  [/^(x-duration-seconds): [\d.]+$/gim, '$1: 0.004321'],
  [/\(\d+\.\d{4}s\)/g, '(0.0043s)'],
  [/ \d+\.\d+ ?s$/gm, ' 1.2s'],
  [/"cpu":[\d.e-]+/g, '"cpu":12.5'],
  [/"totalMemoryBytes":\d+/g, '"totalMemoryBytes":67108864'],
  [/\b([a-z]+)-[0-9a-f]{8}\b(?!-)/g, '$1-1a2b3c4d'],
  [/"sha":"[^"]*"/g, '"sha":"abc1234"'],
  [/"arch":"[^"]*"/g, '"arch":"x86_64"'],
];

/** The replacements for the figures of a function that was called, by their columns: they differ from run to run. */
const FIGURES: Readonly<Record<string, string>> = { 'CALLS/S': '0.13', P50: '4ms', P95: '9ms', ERRORS: '0%' };
const USAGE: Readonly<Record<string, string>> = { CPU: '12m', MEMORY: '64MiB' };

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g;

/** Replaces the parts that differ from run to run. Equal ids get equal replacements. */
export class Steady {
  readonly #ids = new Map<string, string>();

  text(output: string): string {
    let text = output.replaceAll(UUID, (id) => this.#idFor(id));
    for (const [what, instead] of VOLATILE) text = text.replaceAll(what, instead);
    return text.replaceAll(/^NAME +STATE .*\n(?:.*\bhttp.*\n)+/gm, steadyTable);
  }

  /** The id of this run for one of the documents. */
  idOfThisRun(text: string): string {
    let result = text;
    for (const [id, stable] of this.#ids) result = result.replaceAll(stable, id);
    return result;
  }

  #idFor(id: string): string {
    const known = this.#ids.get(id);
    if (known !== undefined) return known;
    const digit = (this.#ids.size + 1).toString(16);
    const stable = `5f0c2a7${digit}-91d3-4b6e-8a24-c07f3e6b1d9${digit}`;
    this.#ids.set(id, stable);
    return stable;
  }
}

/** Lays out the table of `ofkit ps` again, with the replacements of its figures. */
function steadyTable(table: string): string {
  const [head = [], ...rows] = table
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ +/));
  const calls = COLUMNS.findIndex(({ title }) => title === 'CALLS');
  const steady = rows.map((row) => {
    const figures = row[calls] === '0' ? { 'CALLS/S': '0', P50: '-', P95: '-', ERRORS: '-' } : FIGURES;
    const known: Readonly<Record<string, string>> = { ...figures, ...USAGE };
    return row.map((cell, at) => known[head[at] ?? ''] ?? cell);
  });
  return `${alignColumns([head, ...steady], NUMBERS).join('\n')}\n`;
}
