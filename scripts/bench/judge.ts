import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compareRounds, failuresOf, figureOf, ratioOf, type Finding, type Row } from './comparison.ts';
import { FIGURES, type FigureName } from './figures.ts';

/** A figure that ours are held to. */
interface Goal {
  /** Names it in the file of marks. */
  readonly id: string;
  readonly finding: string;
  readonly point: string;
  readonly contender: string;
  readonly figure: FigureName;
  /** Read by itself, over another contender's (a ratio), or by how much it is over another's (in milliseconds). */
  readonly read: 'itself' | 'of' | 'over';
  readonly other: string;
  /** What is aimed at; a figure without one is only kept from getting worse. */
  readonly aim: number | undefined;
}

/** A goal that was measured. */
export interface Verdict {
  readonly goal: Goal;
  readonly seen: number;
  readonly failures: number;
  /** Undefined where nothing is aimed at. */
  readonly isMet: boolean | undefined;
}

/** @param id such as `http 50: http mode, rate of direct`; `p99 over node -e 0` is a difference, `p99` the figure itself */
function goal(id: string, aim?: number): Goal {
  const parts = /^(\S+) ([^:]+): (.+), (\w+)(?: (of|over) (.+))?$/.exec(id) ?? [];
  const [, finding = '', point = '', contender = '', figure = '', read = 'itself', other = ''] = parts;
  if (!(figure in FIGURES)) throw new Error(`${id}: there is no such figure`);
  return {
    id,
    finding,
    point,
    contender,
    figure: figure as FigureName,
    read: read as Goal['read'],
    other,
    aim,
  };
}

const GOALS: readonly Goal[] = [
  goal('http 50: http mode, rate of direct', 0.6),
  goal('http 50: http mode, p99 of direct', 2.5),
  goal('http 500: http mode, rate of direct'),
  goal('http 500: http mode, p99 of direct', 2),
  ...['1', '50', '500'].flatMap((point) => [
    goal(`haproxy ${point}: http mode, rate of HAProxy`, 0.85),
    goal(`haproxy ${point}: http mode, p99 of HAProxy`, 1.5),
  ]),
  goal('answers 64 MiB: http mode, byteRate of direct', 0.6),
  goal('uploads 1 MiB: http mode, byteRate of direct', 0.6),
  goal('uploads 1 MiB: http mode, byteRate of HAProxy', 0.85),
  goal('inproc 50: inproc mode, rate of direct', 0.85),
  goal('templates 50: ts-http, http mode, rate of bare', 0.5),
  goal('inproc-templates 50: ts-http, inproc, rate of bare', 0.75),
  goal('inproc-templates 50: ts-http, inproc, rate of functions-framework', 4),
  ...['node24', 'ts-http', 'ts-web'].flatMap((template) => [
    goal(`adapters-get 50: ${template}, cpu of bare`, 1.18),
    goal(`adapters-post 50: ${template}, cpu of bare`, 1.18),
  ]),
  goal('forks 1: streaming mode, rate of node spawn', 2.5),
  goal('forks 8: streaming mode, rate of node spawn', 3.6),
  goal('forks 64: streaming mode, tail', 3),
  ...['1', '8', '64'].flatMap((point) =>
    ['streaming', 'serializing', 'classic'].map((mode) =>
      goal(`forks ${point}: ${mode} mode, p99 of node spawn`, 1),
    ),
  ),
  goal('gateway 50: of-gateway, rate of direct', 0.35),
  goal('gateway 50: of-gateway, p99 of direct', 3),
  goal('gateway 500: of-gateway, rate of direct'),
  ...['http-proxy', 'reply-from'].map((other) => goal(`gateway 50: of-gateway, rate of ${other}`, 1)),
  goal('gateway-answers 64 MiB: of-gateway, byteRate of reply-from', 1),
  goal('gateway-uploads 1 MiB: of-gateway, byteRate of reply-from', 1),
  goal('memory 100000: of-gateway, ownResident', 90 * 1_048_576),
  goal('memory 100000: http mode, ownResident', 60 * 1_048_576),
  goal('start 1: http mode, healthy over node -e 0', 25),
  goal('start 1: streaming mode, healthy over node -e 0', 25),
  goal('start 1: ts-http, inproc, first over node -e 0', 60),
  goal('start 1: of-gateway, first over node -e 0', 400),
  goal('start 1: of-gateway, deployed', 500),
  goal('start 1: http mode, healthy of node -e 0'),
  goal('start 1: streaming mode, healthy of node -e 0'),
  goal('start 1: ts-http, inproc, first of node -e 0'),
  goal('start 1: of-gateway, first of node -e 0'),
];

/** The goals that this run has measured. A request that fails counts against every one of them. */
export function judge(findings: readonly Finding[]): Verdict[] {
  return GOALS.flatMap((goal) => {
    const rows = findings.find(({ id }) => id === goal.finding)?.rows ?? [];
    const rowOf = (name: string): Row | undefined =>
      rows.find(({ contender, point }) => contender === name && point.name === goal.point);
    const row = rowOf(goal.contender);
    const seen = row && readGoal(goal, row, rowOf(goal.other));
    if (!row || seen === undefined) return [];
    const failures = failuresOf(row);
    const isMet = goal.aim === undefined ? undefined : isAsGood(goal, seen, goal.aim) && failures === 0;
    return [{ goal, seen, failures, isMet }];
  });
}

function readGoal({ figure, read }: Goal, row: Row, other: Row | undefined): number | undefined {
  if (read === 'itself') return figureOf(row, figure)?.median;
  if (!other) return undefined;
  if (read === 'of') return ratioOf(row, other, figure)?.median;
  return compareRounds(row, other, figure, (own, others) => own - others)?.median;
}

function isAsGood({ figure }: Goal, value: number, than: number): boolean {
  return FIGURES[figure].better === 'more' ? value >= than : value <= than;
}

/** What was measured when the marks were last kept, by the ids of the goals. */
export type Marks = Readonly<Record<string, number>>;

const FILE = fileURLToPath(new URL('marks.json', import.meta.url));

/** How far under its mark a figure may fall: a quarter. */
const SLACK = 0.75;

/** Ratios hold on other machines too; figures in a unit are this one's. */
function canBeHeld({ goal: { read, figure } }: Verdict): boolean {
  return read === 'of' || figure === 'tail';
}

/** @throws Error when the file is not JSON of numbers */
export async function readMarks(): Promise<Marks> {
  const read = JSON.parse(await readFile(FILE, 'utf8')) as Record<string, unknown>;
  const odd = Object.entries(read).find(([, value]) => typeof value !== 'number' || !(value > 0));
  if (odd) throw new Error(`${FILE}: "${odd[0]}": expected a number over 0`);
  return read as Marks;
}

/**
 * Makes what was measured the marks; those that this run did not measure stay. p99s over another's are no marks: that of
 * a bare server at 500 connections was 9 ms in one run and 270 in another. Nor is HAProxy, which CI does not have.
 */
export async function keepMarks(verdicts: readonly Verdict[]): Promise<void> {
  const kept = verdicts.filter(
    (verdict) => canBeHeld(verdict) && verdict.goal.figure !== 'p99' && verdict.goal.other !== 'HAProxy',
  );
  const seen = kept.map(({ goal: { id }, seen: value }) => [id, Number(value.toPrecision(3))]);
  const marks = { ...(await readMarks()), ...Object.fromEntries(seen) };
  await writeFile(FILE, `${JSON.stringify(marks, undefined, 2)}\n`);
}

/** A figure that is worse than its mark by more than a quarter, or had requests fail. */
export interface Fallen {
  readonly id: string;
  readonly finding: string;
  /** For the user. */
  readonly line: string;
}

export function findFallen(verdicts: readonly Verdict[], marks: Marks): Fallen[] {
  return verdicts.flatMap((verdict) => {
    const { goal, seen, failures } = verdict;
    const { id, finding } = goal;
    if (failures > 0) return [{ id, finding, line: `${id}: ${failures} requests failed` }];
    const mark = marks[id];
    if (mark === undefined || !canBeHeld(verdict)) return [];
    const limit = FIGURES[goal.figure].better === 'more' ? mark * SLACK : mark / SLACK;
    if (isAsGood(goal, seen, limit)) return [];
    const how = `${seen.toFixed(2)}, where ${limit.toFixed(2)} is a quarter off the mark, ${mark}`;
    return [{ id, finding, line: `${id}: ${how}` }];
  });
}

/** What was measured, a line each, beside its mark where there is one. */
export function listMarks(verdicts: readonly Verdict[], marks: Marks): string {
  const lines = verdicts.filter(canBeHeld).map(({ goal: { id }, seen }) => {
    return `${seen.toFixed(2).padStart(8)}  ${id}${marks[id] === undefined ? '' : ` (mark: ${marks[id]})`}`;
  });
  return lines.join('\n');
}
