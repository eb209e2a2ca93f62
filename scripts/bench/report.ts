import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { ROOT } from '../sample/sample-bundle.ts';
import { failuresOf, type Finding, type Row } from './comparison.ts';
import { FIGURES, MIB, readFigure, show, type FigureName, type Reading } from './figures.ts';
import { isAsGood, type Verdict } from './judge.ts';

/** All that a run has found: what the JSON file holds, and what the page is made from. */
export interface Report {
  readonly machine: ReturnType<typeof describeMachine>;
  readonly minutes: number;
  readonly findings: readonly Finding[];
}

const path = (name: string): string => fileURLToPath(new URL(name, ROOT));

/** Where the report of a full run stands; others are written below dist/. */
export const DOCS = path('docs/');
export const SCRATCH = path('dist/bench/report/');

/** Where and when the figures are taken. With a load of the last minute over 0.5 they are noisy. */
export function describeMachine() {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    node: process.version,
    kernel: release(),
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryMiB: Math.round(totalmem() / MIB),
    loadBefore: loadavg()[0] ?? 0,
  };
}

/**
 * Writes the page and the JSON file, in place of those that were there.
 * @param folder with a slash at its end
 * @returns the page
 */
export async function writeReport(
  report: Report,
  verdicts: readonly Verdict[],
  folder: string,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const style = await resolveConfig(`${DOCS}benchmarks.md`);
  const page = await format(pageOf(report, verdicts), { ...style, parser: 'markdown' });
  await writeFile(`${folder}benchmarks.md`, page);
  await writeFile(`${folder}benchmarks.json`, toJson(report));
  return page;
}

/** Six digits to a number, and a line for each contender at each point. */
function toJson(report: Report): string {
  const short = (_key: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value;
  return `${JSON.stringify(report, short).replaceAll('{"contender"', '\n{"contender"')}\n`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = heads.map((_head, column) => (column === 0 ? '---' : '--:'));
  return [line(heads), line(rule), ...rows.map(line)].join('\n');
}

/** A figure that a table shows: by itself, or beside that of another contender. */
interface Column {
  readonly figure: FigureName;
  readonly reading: Reading;
  readonly other?: string;
}

function columnsOf({ columns, ratios, differences = [], beside, rows }: Finding): Column[] {
  const others = beside ?? rows.slice(0, 1).map(({ contender }) => contender);
  return columns.flatMap((figure) => {
    if (rows.every(({ rounds }) => !readFigure(figure, 'itself', rounds))) return [];
    const readings = (['of', 'over'] as const).filter((reading) =>
      (reading === 'of' ? ratios : differences).includes(figure),
    );
    const compared = readings.flatMap((reading) => others.map((other) => ({ figure, reading, other })));
    return [{ figure, reading: 'itself' }, ...compared];
  });
}

/** The median, and where it is set against another's the least and the most of all rounds. */
function cell(row: Row, { figure, reading, other }: Column, rows: readonly Row[]): string {
  const beside = rows.find(({ contender, point }) => contender === other && point.name === row.point.name);
  if (beside && rows.indexOf(beside) >= rows.indexOf(row)) return '';
  const read = readFigure(figure, reading, row.rounds, beside?.rounds);
  if (!read || reading === 'itself') return show(figure, read?.median);
  const shown = (value: number): string => show(figure, value, reading);
  const sign = reading === 'over' ? '+' : '';
  return `**${sign}${shown(read.median)}** (${shown(read.least)}–${shown(read.most)})`;
}

/** Everything that a group has shown: a row for each contender at each point. */
function section(finding: Finding): string {
  const { title, about, axis, rows } = finding;
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
  const shown = rows.length > 0 ? [table(['', ...(hasPoints ? [axis] : []), ...heads], lines)] : [];
  return [`## ${title}`, about, ...shown, ...findGivenUp(finding)].join('\n\n');
}

/** @returns a sentence for whatever could not be measured */
export function findGivenUp({ title, broken, rows }: Finding): string[] {
  const given = [
    { what: title, broken },
    ...rows.map((row) => ({ what: `${row.contender} at ${row.point.name}`, broken: row.broken })),
  ];
  return given.flatMap(({ what, broken: why }) =>
    why === undefined ? [] : [`${what} was given up: ${why}.`],
  );
}

/** What is aimed at, and what was measured. */
function goalTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((verdict) => {
    const { id, figure, reading, aim = 0, seen, failures } = verdict;
    const shown = (value: number): string => show(figure, value, reading);
    const bound = FIGURES[figure].better === 'more' ? 'at least' : 'at most';
    const failed = failures > 0 ? `, ${failures} failed` : '';
    const met = isAsGood(verdict, aim) ? 'met' : '**not met**';
    return [id, `${bound} ${shown(aim)}`, `${shown(seen)}${failed}`, met];
  });
  return table(['goal', 'aimed at', 'measured', ''], rows);
}

function facts({ machine, minutes }: Report): string {
  const { cpu, cores, memoryMiB, kernel, node, date, loadBefore } = machine;
  const memory = Math.round(memoryMiB / 1024);
  return [
    `- ${cpu}, ${cores} cores, ${memory} GiB of memory, shared by the load generator and all that it loads`,
    `- Linux ${kernel}, Node ${node}`,
    `- ${date.slice(0, 16).replace('T', ' ')} UTC, ${minutes.toFixed(0)} minutes; load of the machine before: ${loadBefore.toFixed(2)}`,
  ].join('\n');
}

function method({ findings }: Report): string {
  const rows = findings.flatMap((finding) => finding.rows);
  const rounds = Math.max(0, ...rows.map((row) => row.rounds.length));
  const failed = rows.reduce((sum, row) => sum + failuresOf(row), 0);
  return `All servers of a table stand ready side by side, on the same machine, each a process of its own with nothing in its
environment but its settings. They are loaded in turn: the first, the second, …, the first again, after one round that
is not counted; ${rounds} rounds at most. A figure is the median of the rounds. A ratio is taken within each round, from
turns that lie seconds apart, and then its median; in brackets are the least and the most of all rounds. So a machine
that gets slower for a while makes all slower alike, and ratios hold where figures do not.

Ours run as they are shipped: one file, the watchdog's log of every request and all metrics on. \`http-proxy\` forwards
over connections that are kept alive, without which it opens one for each request; \`@fastify/reply-from\` and
\`functions-framework\` run with their defaults, the latter with NODE_ENV=production. None of the three logs requests or
counts them. Processor time is the kernel's count for the server and all processes below it, in hundredths of a second;
memory is what is resident, in which pages that two processes share count twice. ${failed === 0 ? 'No request failed.' : `${failed} requests failed in all; the tables show where.`}

A quick form of this, \`npm run bench -- --check\`, runs in CI and fails where a ratio is worse by more than a quarter than
when the marks in \`scripts/bench/goals.json\` were kept.`;
}

const LIMITS = `- Nothing of other machines: with more cores the function, ours and the load no longer wait for each other, and
  ratios to direct rise. Figures (requests per second, milliseconds, MiB) are this machine's alone.
- Nothing of networks: all goes over the loopback device, without TLS.
- Nothing of your function: these do next to nothing, so that what stands in front of them shows. Before a function that
  takes 10 ms none of these differences can be seen.
- p99 is of closed loops: each connection waits for its answer before it asks again, so a server that stalls is also
  asked less. Compare p99s with each other; they are not what users at a fixed rate would see.
- Memory under a limit: none was set. What holds in containers of 64 and 128 MB is tested with containers.`;

/** The page for a reader, in Markdown. */
function pageOf(report: Report, verdicts: readonly Verdict[]): string {
  const aimed = verdicts.filter(({ aim }) => aim !== undefined);
  const met = aimed.filter((verdict) => isAsGood(verdict, verdict.aim ?? 0)).length;
  return [
    '# Benchmarks',
    'What the watchdog and the gateway cost, beside the same work done without them and by others. Made by ' +
      '`npm run bench`, which writes this page, and every round into [benchmarks.json](benchmarks.json).',
    facts(report),
    '## Goals',
    `${met} of ${aimed.length} are met.`,
    goalTable(aimed),
    ...report.findings.map(section),
    '## How it was measured',
    method(report),
    '## What this does not say',
    LIMITS,
  ].join('\n\n');
}
