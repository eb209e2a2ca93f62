import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { ROOT } from '../sample/sample-bundle.ts';
import type { Finding, Row } from './comparison.ts';
import { FIGURES, readFigure, show, type FigureName, type Reading } from './figures.ts';
import { failuresOf, isAsGood, type Verdict } from './judge.ts';

/** The results of a run, as the JSON file holds them. The page is made from them. */
export interface Report {
  readonly machine: readonly string[];
  readonly minutes: number;
  readonly findings: readonly Finding[];
}

const [PAGE, JSON_FILE] = ['benchmarks.md', 'benchmarks.json'];

/** Where the report of a full run stands; others are written below dist/. */
const DOCS = fileURLToPath(new URL('docs/', ROOT));
const SCRATCH = fileURLToPath(new URL('dist/bench/report/', ROOT));

/** @returns where and when the figures are taken; with a load of the last minute over 0.5 they are noisy */
export function describeMachine(): string[] {
  const processors = cpus();
  const [model, memory] = [processors[0]?.model.trim(), Math.round(totalmem() / 2 ** 30)];
  const shared = 'shared by the load generator and all that it loads';
  return [
    `${model}, ${processors.length} cores, ${memory} GiB of memory, ${shared}`,
    `Linux ${release()}, Node ${process.version}`,
    `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC; load of the machine before: ${loadavg()[0]?.toFixed(2)}`,
  ];
}

function facts({ machine, minutes, findings }: Report): string {
  const rows = findings.flatMap((finding) => finding.rows);
  const rounds = Math.max(0, ...rows.map((row) => row.rounds.length));
  const failed = rows.reduce((sum, row) => sum + failuresOf(row), 0);
  const effort = `${minutes.toFixed(0)} minutes, ${rounds} rounds at most; ${failed} requests failed`;
  return [...machine, effort].map((fact) => `- ${fact}`).join('\n');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = heads.map((_head, column) => (column === 0 ? '---' : '--:'));
  return [line(heads), line(rule), ...rows.map(line)].join('\n');
}

/** The goals, each with the figure that was measured. */
function goalTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.flatMap((verdict) => {
    const { id, figure, reading, aim, seen, failures } = verdict;
    if (aim === undefined) return [];
    const bound = FIGURES[figure].better === 'more' ? 'at least' : 'at most';
    const failed = failures > 0 ? `, ${failures} failed` : '';
    const met = isAsGood(verdict, aim) ? 'met' : '**not met**';
    return [[id, `${bound} ${show(figure, aim, reading)}`, `${show(figure, seen, reading)}${failed}`, met]];
  });
  const met = rows.filter((cells) => cells.includes('met')).length;
  return `${met} of ${rows.length} are met.\n\n${table(['goal', 'aimed at', 'measured', ''], rows)}`;
}

/** A figure that a table shows: by itself, or beside that of another contender. */
interface Column {
  readonly figure: FigureName;
  readonly reading: Reading;
  readonly other?: string;
}

function columnsOf({ columns, ratios, differences = [], beside, rows }: Finding): Column[] {
  const others = beside ?? rows.slice(0, 1).map(({ contender }) => contender);
  const besides = (figure: FigureName, reading: Reading): Column[] =>
    others.map((other) => ({ figure, reading, other }));
  return columns
    .filter((figure) => rows.some(({ rounds }) => readFigure(figure, 'itself', rounds)))
    .flatMap((figure) => [
      { figure, reading: 'itself' },
      ...(ratios.includes(figure) ? besides(figure, 'of') : []),
      ...(differences.includes(figure) ? besides(figure, 'over') : []),
    ]);
}

/** The median. Beside another contender, whose row stands above, also the least and the most of all rounds. */
function cell(row: Row, { figure, reading, other }: Column, rows: readonly Row[]): string {
  const beside = rows.find(({ contender, point }) => contender === other && point.name === row.point.name);
  if (beside && rows.indexOf(beside) >= rows.indexOf(row)) return '';
  const read = readFigure(figure, reading, row.rounds, beside?.rounds);
  const [median, least, most] = [read?.median, read?.least, read?.most].map((value) =>
    show(figure, value, reading),
  );
  if (reading === 'itself' || !read) return `${median}`;
  return `**${reading === 'over' && read.median > 0 ? '+' : ''}${median}** (${least}–${most})`;
}

/** @returns a line for the user about each part of a group that could not be measured */
export function findGivenUp({ id, broken, rows }: Finding): string[] {
  const all = rows.map((row) => ({ what: `${id}: ${row.contender} at ${row.point.name}`, why: row.broken }));
  return [{ what: id, why: broken }, ...all].flatMap(({ what, why }) => (why ? [`${what}: ${why}`] : []));
}

/** Everything that a group has shown: a row for each contender at each point. */
function findingTable(finding: Finding): string {
  const { axis, rows } = finding;
  const hasPoints = new Set(rows.map(({ point }) => point.name)).size > 1;
  const columns = columnsOf(finding);
  const heads = columns.map(({ figure, reading, other }) =>
    reading === 'itself' ? FIGURES[figure].label : `${reading} ${other}`,
  );
  const lines = rows.map((row) => [
    row.contender,
    ...(hasPoints ? [row.point.name] : []),
    ...columns.map((column) => cell(row, column, rows)),
  ]);
  const givenUp = findGivenUp(finding).map((text) => `Given up: ${text.slice(0, 200)}`);
  return [table(['', ...(hasPoints ? [axis] : []), ...heads], lines), ...givenUp].join('\n\n');
}

const place = (name: string, text = 'Not measured.'): string =>
  `<!-- ${name}: made by \`npm run bench\` -->\n\n${text}\n\n<!-- /${name} -->`;

const PLACE = /<!-- ([\w-]+): made by [^\n]* -->[^]*?<!-- \/\1 -->/g;

/** Puts tables into a page, each at the place of its name. Tables without a place go to the end. */
function fill(page: string, tables: Readonly<Record<string, string>>): string {
  const filled = page.replace(PLACE, (_all, name: string) => place(name, tables[name]));
  const others = Object.keys(tables).filter((name) => !page.includes(`<!-- /${name} -->`));
  return [filled, ...others.map((name) => `## ${name}\n\n${place(name, tables[name])}`)].join('\n\n');
}

/** @returns the report of the last full run */
export async function readReport(): Promise<Report> {
  return JSON.parse(await readFile(`${DOCS}${JSON_FILE}`, 'utf8')) as Report;
}

/**
 * Writes the tables and the JSON file: of a full run into the documentation, whose page is otherwise written by hand.
 * @returns the page
 */
export async function writeReport(
  report: Report,
  verdicts: readonly Verdict[],
  isFull: boolean,
): Promise<string> {
  const folder = isFull ? DOCS : SCRATCH;
  await mkdir(folder, { recursive: true });
  const tables = report.findings.map((finding) => [finding.id, findingTable(finding)] as const);
  const all = { machine: facts(report), goals: goalTable(verdicts), ...Object.fromEntries(tables) };
  const text = fill(isFull ? await readFile(`${DOCS}${PAGE}`, 'utf8') : '', all);
  const style = await resolveConfig(`${DOCS}${PAGE}`);
  const page = await format(text, { ...style, parser: 'markdown' });
  await writeFile(`${folder}${PAGE}`, page);
  await writeFile(`${folder}${JSON_FILE}`, toJson(report));
  console.error(`written to ${folder}`);
  return page;
}

/** Six digits to a number, and a line for each contender at each point. */
function toJson(report: Report): string {
  const short = (_key: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value;
  return `${JSON.stringify(report, short).replaceAll('{"contender"', '\n{"contender"')}\n`;
}
