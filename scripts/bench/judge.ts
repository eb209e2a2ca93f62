import { failuresOf, type Finding, type Row } from './comparison.ts';
import { FIGURES, MIB, readFigure, type FigureName, type Reading } from './figures.ts';

/**
 * What ours are held to, with what is aimed at; a figure without an aim is only kept from getting worse. `p99 over node
 * -e 0` is a difference in milliseconds, `p99 of node -e 0` a ratio, `p99` the figure itself.
 */
const GOALS: readonly (readonly [id: string, aim?: number])[] = [
  ['http 50: http mode, rate of direct', 0.6],
  ['http 50: http mode, p99 of direct', 2.5],
  ['http 500: http mode, rate of direct'],
  ['http 500: http mode, p99 of direct', 2],
  ...[1, 50, 500].flatMap((point) => [
    [`haproxy ${point}: http mode, rate of HAProxy`, 0.85] as const,
    [`haproxy ${point}: http mode, p99 of HAProxy`, 1.5] as const,
  ]),
  ['answers 64 MiB: http mode, byteRate of direct', 0.6],
  ['uploads 1 MiB: http mode, byteRate of direct', 0.6],
  ['uploads 1 MiB: http mode, byteRate of HAProxy', 0.85],
  ['inproc 50: inproc mode, rate of direct', 0.85],
  ['templates 50: ts-http, http mode, rate of bare', 0.5],
  ['inproc-templates 50: ts-http, inproc, rate of bare', 0.75],
  ['inproc-templates 50: ts-http, inproc, rate of functions-framework', 4],
  ...['node24', 'ts-http', 'ts-web'].flatMap((template) => [
    [`adapters-get 50: ${template}, cpu of bare`, 1.18] as const,
    [`adapters-post 50: ${template}, cpu of bare`, 1.18] as const,
  ]),
  ['forks 1: streaming mode, rate of node spawn', 2.5],
  ['forks 8: streaming mode, rate of node spawn', 3.6],
  ['forks 64: streaming mode, tail', 3],
  ...[1, 8, 64].flatMap((point) =>
    ['streaming', 'serializing', 'classic'].map(
      (mode) => [`forks ${point}: ${mode} mode, p99 of node spawn`, 1] as const,
    ),
  ),
  ['gateway 50: of-gateway, rate of direct', 0.35],
  ['gateway 50: of-gateway, p99 of direct', 3],
  ['gateway 500: of-gateway, rate of direct'],
  ['gateway 50: of-gateway, rate of http-proxy', 1],
  ['gateway 50: of-gateway, rate of reply-from', 1],
  ['gateway-answers 64 MiB: of-gateway, byteRate of reply-from', 1],
  ['gateway-uploads 1 MiB: of-gateway, byteRate of reply-from', 1],
  ['memory 100000: of-gateway, ownResident', 90 * MIB],
  ['memory 100000: http mode, ownResident', 60 * MIB],
  ['start 1: http mode, healthy over node -e 0', 25],
  ['start 1: streaming mode, healthy over node -e 0', 25],
  ['start 1: ts-http, inproc, first over node -e 0', 60],
  ['start 1: of-gateway, first over node -e 0', 400],
  ['start 1: of-gateway, deployed', 500],
  ['start 1: http mode, healthy of node -e 0'],
  ['start 1: streaming mode, healthy of node -e 0'],
  ['start 1: ts-http, inproc, first of node -e 0'],
  ['start 1: of-gateway, first of node -e 0'],
];

const ID =
  /^(?<group>\S+) (?<point>[^:]+): (?<contender>.+), (?<figure>\w+)(?: (?<reading>of|over) (?<other>.+))?$/;

/** What the id of a goal says. */
interface Goal {
  readonly group: string;
  readonly point: string;
  readonly contender: string;
  readonly figure: FigureName;
  readonly reading: Reading | undefined;
  readonly other: string | undefined;
}

/** A goal that was measured. */
export interface Verdict {
  readonly id: string;
  readonly goal: Goal;
  readonly scenario: string;
  readonly seen: number;
  readonly aim: number | undefined;
  /** What was measured when the marks were last kept. */
  readonly mark: number | undefined;
  readonly failures: number;
  /** Undefined where nothing is aimed at. */
  readonly isMet: boolean | undefined;
  /** Whether a mark can hold it: ratios hold on other machines too; figures in a unit are this one's. */
  readonly canBeHeld: boolean;
  /** For the user, where requests failed, or it is worse than its mark by more than a quarter. */
  readonly fault: string | undefined;
}

/** By the ids of the goals. */
export type Marks = Readonly<Record<string, number>>;

/** How far under its mark a figure may fall: a quarter. */
const SLACK = 0.75;

/** The goals that this run has measured. A request that fails counts against every one of them. */
export function judge(findings: readonly Finding[], marks: Marks): Verdict[] {
  return GOALS.flatMap(([id, aim]) => {
    const goal = ID.exec(id)?.groups as Goal | undefined;
    if (!goal || !(goal.figure in FIGURES)) throw new Error(`${id}: there is no such figure`);
    const { figure, reading = 'itself', other = '' } = goal;
    const finding = findings.find((one) => one.id === goal.group);
    const rowOf = (name: string): Row | undefined =>
      finding?.rows.find(({ contender, point }) => contender === name && point.name === goal.point);
    const row = rowOf(goal.contender);
    const seen = row && readFigure(figure, reading, row.rounds, rowOf(other)?.rounds)?.median;
    if (!finding || !row || seen === undefined) return [];

    const isMore = FIGURES[figure].better === 'more';
    const isAsGood = (than: number): boolean => (isMore ? seen >= than : seen <= than);
    const failures = failuresOf(row);
    const canBeHeld = reading === 'of' || figure === 'tail';
    const mark = canBeHeld ? marks[id] : undefined;
    const limit = mark === undefined ? seen : isMore ? mark * SLACK : mark / SLACK;
    const how = `${seen.toFixed(2)}, where ${limit.toFixed(2)} is a quarter off the mark, ${mark}`;
    const worse = isAsGood(limit) ? undefined : `${id}: ${how}`;
    return {
      id,
      goal,
      scenario: finding.scenario,
      seen,
      aim,
      mark,
      failures,
      canBeHeld,
      isMet: aim === undefined ? undefined : isAsGood(aim) && failures === 0,
      fault: failures > 0 ? `${id}: ${failures} requests failed` : worse,
    };
  });
}
