import { compareRounds, failuresOf, figureOf, ratioOf, type Finding, type Row } from './comparison.ts';
import { FIGURES, type FigureName } from './figures.ts';

/** A figure that the watchdog must reach, and in which direction. */
export interface Goal {
  /** Names it in the file of marks. */
  readonly id: string;
  readonly finding: string;
  readonly contender: string;
  readonly point: string;
  readonly figure: FigureName;
  /**
   * How the figure is read: divided by another contender's (a ratio), by how much it is over another's (in the figure's
   * unit), or by itself.
   */
  readonly over: { readonly ratioTo: string } | { readonly differenceTo: string } | 'itself';
  /** The value to reach. A figure without one must only not get worse. */
  readonly aim?: number;
}

/** A goal that was measured in this run. */
export interface Verdict {
  readonly goal: Goal;
  readonly seen: number;
  readonly failures: number;
  /** The value to reach; undefined where there is none. */
  readonly isMet: boolean | undefined;
}

function ratio(
  words: readonly [finding: string, point: string, contender: string, figure: FigureName, to: string],
  aim?: number,
): Goal {
  const [finding, point, contender, figure, ratioTo] = words;
  const id = `${finding} ${point}: ${contender}, ${figure} of ${ratioTo}`;
  return { id, finding, point, contender, figure, over: { ratioTo }, ...(aim === undefined ? {} : { aim }) };
}

function difference(
  words: readonly [finding: string, point: string, contender: string, figure: FigureName, to: string],
  aim: number,
): Goal {
  const [finding, point, contender, figure, differenceTo] = words;
  const id = `${finding} ${point}: ${contender}, ${figure} over ${differenceTo}`;
  return { id, finding, point, contender, figure, over: { differenceTo }, aim };
}

/** The figures to judge. Failed requests count against every one of them. */
const GOALS: readonly Goal[] = [
  ratio(['http', '50', 'http mode', 'rate', 'direct'], 0.6),
  ratio(['http', '50', 'http mode', 'p99', 'direct'], 2.5),
  ratio(['http', '500', 'http mode', 'rate', 'direct']),
  ratio(['http', '500', 'http mode', 'p99', 'direct'], 2),
  ratio(['answers', '64 MiB', 'http mode', 'byteRate', 'direct'], 0.6),
  ratio(['uploads', '1 MiB', 'http mode', 'byteRate', 'direct'], 0.6),
  ratio(['inproc', '50', 'inproc mode', 'rate', 'direct'], 0.85),
  ratio(['templates', '50', 'ts-http, http mode', 'rate', 'bare'], 0.5),
  ratio(['inproc-templates', '50', 'ts-http, inproc', 'rate', 'bare'], 0.75),
  ratio(['inproc-templates', '50', 'ts-http, inproc', 'rate', 'functions-framework'], 4),
  ...['node24', 'ts-http', 'ts-web'].flatMap((template) => [
    ratio(['adapters-get', '50', template, 'cpu', 'bare'], 1.18),
    ratio(['adapters-post', '50', template, 'cpu', 'bare'], 1.18),
  ]),
  ratio(['forks', '1', 'streaming mode', 'rate', 'node spawn'], 2.5),
  ratio(['forks', '8', 'streaming mode', 'rate', 'node spawn'], 3.6),
  {
    id: 'forks 64: streaming mode, p99 over its p50',
    finding: 'forks',
    point: '64',
    contender: 'streaming mode',
    figure: 'tail',
    over: 'itself',
    aim: 3,
  },
  difference(['start', '1', 'http mode', 'healthy', 'node -e 0'], 25),
  difference(['start', '1', 'streaming mode', 'healthy', 'node -e 0'], 25),
  difference(['start', '1', 'ts-http, inproc', 'first', 'node -e 0'], 60),
  ratio(['start', '1', 'http mode', 'healthy', 'node -e 0']),
  ratio(['start', '1', 'streaming mode', 'healthy', 'node -e 0']),
  ratio(['start', '1', 'ts-http, inproc', 'first', 'node -e 0']),
];

/** Lists the goals that this run has measured. */
export function judge(findings: readonly Finding[]): Verdict[] {
  return GOALS.flatMap((goal) => {
    const rows = findings.find(({ id }) => id === goal.finding)?.rows ?? [];
    const rowOf = (name: string): Row | undefined =>
      rows.find(({ contender, point }) => contender === name && point.name === goal.point);
    const row = rowOf(goal.contender);
    const seen = row && read(goal, row, rowOf);
    if (!row || seen === undefined) return [];
    const failures = failuresOf(row);
    const { aim } = goal;
    const isMet = aim === undefined ? undefined : isAtLeastAsGood(goal, seen, aim) && failures === 0;
    return [{ goal, seen, failures, isMet }];
  });
}

function read(goal: Goal, row: Row, rowOf: (name: string) => Row | undefined): number | undefined {
  const { figure, over } = goal;
  if (over === 'itself') return figureOf(row, figure)?.median;
  const other = rowOf('ratioTo' in over ? over.ratioTo : over.differenceTo);
  if (!other) return undefined;
  if ('ratioTo' in over) return ratioOf(row, other, figure)?.median;
  return compareRounds(row, other, figure, (own, others) => own - others)?.median;
}

/** Whether one value of a goal's figure is as good as another, or better. */
export function isAtLeastAsGood({ figure }: Goal, value: number, than: number): boolean {
  return FIGURES[figure].better === 'more' ? value >= than : value <= than;
}
