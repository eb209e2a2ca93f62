import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import type { Finding, Row } from './comparison.ts';
import { FIGURES, readFigure, type FigureName, type Reading } from './figures.ts';

interface Goal {
  /** The value to reach. A figure without one is only kept from getting worse. */
  readonly aim?: number;
  /** The value that was measured when the marks were last kept. */
  readonly mark?: number;
}

/**
 * The figures that ours are held to, by ids such as `http 50: http mode, rate of direct`: group, point, contender and
 * figure. `first of node -e 0` is a ratio, `first over node -e 0` a difference, `first` the figure itself.
 */
export type Goals = Readonly<Record<string, Goal>>;

const ID =
  /^(?<group>\S+) (?<point>[^:]+): (?<contender>.+), (?<figure>\w+)(?: (?<reading>of|over) (?<other>.+))?$/;

/** A goal that was measured. */
export interface Verdict extends Goal {
  readonly id: string;
  readonly scenario: string;
  readonly figure: FigureName;
  readonly reading: Reading;
  readonly other: string;
  readonly seen: number;
  readonly failures: number;
}

/** Requests that failed in all rounds. */
export function failuresOf({ rounds }: Row): number {
  return rounds.reduce((sum, round) => sum + (round.failures ?? 0), 0);
}

/** The goals that this run has measured. */
export function judge(findings: readonly Finding[], goals: Goals): Verdict[] {
  return Object.entries(goals).flatMap(([id, goal]) => {
    const { group, point, contender, figure = '', other = '', ...rest } = ID.exec(id)?.groups ?? {};
    if (!(figure in FIGURES)) throw new Error(`${id}: there is no such figure`);
    const read = { figure: figure as FigureName, reading: (rest.reading ?? 'itself') as Reading, other };
    const finding = findings.find((one) => one.id === group);
    const rowOf = (name?: string): Row | undefined =>
      finding?.rows.find((row) => row.contender === name && row.point.name === point);
    const row = rowOf(contender);
    const seen = row && readFigure(read.figure, read.reading, row.rounds, rowOf(other)?.rounds);
    if (!finding || !seen) return [];
    const { scenario } = finding;
    return { ...goal, ...read, id, scenario, seen: seen.median, failures: failuresOf(row) };
  });
}

/** Whether the measured figure is as good as a value. A request that fails counts against every goal. */
export function isAsGood({ figure, seen, failures }: Verdict, than: number): boolean {
  return failures === 0 && (FIGURES[figure].better === 'more' ? seen >= than : seen <= than);
}

/** How far under its mark a figure may fall: a quarter. */
const SLACK = 0.75;

/** Ratios hold on other machines too; figures in a unit are this one's. */
function canBeHeld({ reading, figure }: Verdict): boolean {
  return reading === 'of' || figure === 'tail';
}

/** @returns a line for the user where a figure is worse than its mark by more than a quarter, or requests failed */
export function faultOf(verdict: Verdict): string | undefined {
  const { id, figure, seen, failures, mark } = verdict;
  if (failures > 0) return `${id}: ${failures} requests failed`;
  if (mark === undefined) return undefined;
  const limit = FIGURES[figure].better === 'more' ? mark * SLACK : mark / SLACK;
  if (isAsGood(verdict, limit)) return undefined;
  return `${id}: ${seen.toFixed(2)}, where ${limit.toFixed(2)} is a quarter off the mark, ${mark}`;
}

/** Lists the measured figures, a line each, with their marks. */
export function listMarks(verdicts: readonly Verdict[]): string {
  const lines = verdicts.filter(canBeHeld).map(({ id, seen, mark }) => {
    return `${seen.toFixed(2).padStart(8)}  ${id}${mark === undefined ? '' : ` (mark: ${mark})`}`;
  });
  return lines.join('\n');
}

const FILE = fileURLToPath(new URL('goals.json', import.meta.url));

/** @throws Error when the file is not JSON of numbers */
export async function readGoals(): Promise<Goals> {
  const read = JSON.parse(await readFile(FILE, 'utf8')) as Record<string, object>;
  const isGoal = (goal: object): boolean =>
    Object.values(goal).every((value) => typeof value === 'number' && value > 0);
  const odd = Object.entries(read).find(([, goal]) => !isGoal(goal));
  if (odd) throw new Error(`${FILE}: "${odd[0]}": expected numbers over 0`);
  return read as Goals;
}

/**
 * Makes the measured figures the marks. The marks of figures that this run did not measure stay. A p99 gets no mark:
 * that of a bare server at 500 connections was 9 ms in one run and 270 in another. Nor does a figure beside HAProxy,
 * which CI does not have.
 */
export async function keepMarks(verdicts: readonly Verdict[], goals: Goals): Promise<void> {
  const kept = verdicts
    .filter((verdict) => canBeHeld(verdict) && verdict.figure !== 'p99' && verdict.other !== 'HAProxy')
    .map(({ id, seen }) => [id, { ...goals[id], mark: Number(seen.toPrecision(3)) }] as const);
  const all = Object.entries({ ...goals, ...Object.fromEntries(kept) });
  const lines = all.map(([id, goal]) => `  ${JSON.stringify(id)}: ${JSON.stringify(goal)}`);
  await writeFile(FILE, await format(`{\n${lines.join(',\n')}\n}`, { parser: 'json', printWidth: 110 }));
}
