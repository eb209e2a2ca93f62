import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { FIGURES } from './figures.ts';
import { isAtLeastAsGood, type Verdict } from './goals.ts';

/**
 * The values of the goals when the marks were last kept, by id. They are ratios, which hold on other machines too.
 */
export type Marks = Readonly<Record<string, number>>;

const FILE = fileURLToPath(new URL('marks.json', import.meta.url));

/** How far under its mark a figure may fall: a quarter. */
const SLACK = 0.75;

/** @throws Error when the file is not JSON of numbers */
export async function readMarks(): Promise<Marks> {
  const read: unknown = JSON.parse(await readFile(FILE, 'utf8'));
  if (typeof read !== 'object' || read === null) throw new Error(`${FILE}: expected an object`);
  const entries = Object.entries(read);
  const odd = entries.find(([, value]) => typeof value !== 'number' || !(value > 0));
  if (odd) throw new Error(`${FILE}: "${odd[0]}": expected a number over 0`);
  return Object.fromEntries(entries) as Marks;
}

/** Whether a goal gets a mark. Differences in milliseconds depend on the machine, so a mark has no unit. */
function canBeHeld({ goal }: Verdict): boolean {
  return goal.over === 'itself' || 'ratioTo' in goal.over;
}

/** Not the ratios of p99: that of a bare server at 500 connections was 9 ms in one run and 270 in another. */
function isKept(verdict: Verdict): boolean {
  return canBeHeld(verdict) && verdict.goal.figure !== 'p99';
}

/** Makes new marks of the measured values. Goals that this run did not measure keep theirs. */
export async function keepMarks(verdicts: readonly Verdict[]): Promise<void> {
  const seen = verdicts.filter(isKept).map(({ goal, seen }) => [goal.id, Number(seen.toPrecision(3))]);
  const marks = { ...(await readMarks()), ...Object.fromEntries(seen) };
  await writeFile(FILE, `${JSON.stringify(marks, undefined, 2)}\n`);
}

/** A figure that is worse than its mark by more than a quarter, or that had failed requests. */
export interface Fallen {
  readonly id: string;
  readonly finding: string;
  /** Its line for the user. */
  readonly line: string;
}

export function findFallen(verdicts: readonly Verdict[], marks: Marks): Fallen[] {
  return verdicts.flatMap((verdict) => {
    const { goal, seen, failures } = verdict;
    const fallen = (how: string): Fallen[] => [
      { id: goal.id, finding: goal.finding, line: `${goal.id}: ${how}` },
    ];
    if (failures > 0) return fallen(`${failures} requests failed`);
    const mark = marks[goal.id];
    if (mark === undefined || !canBeHeld(verdict)) return [];
    const limit = FIGURES[goal.figure].better === 'more' ? mark * SLACK : mark / SLACK;
    if (isAtLeastAsGood(goal, seen, limit)) return [];
    return fallen(`${seen.toFixed(2)}, where ${limit.toFixed(2)} is a quarter off the mark, ${mark}`);
  });
}

/** Lists the measured values, a line each, beside their marks. */
export function listMarks(verdicts: readonly Verdict[], marks: Marks): string {
  const lines = verdicts.filter(canBeHeld).map(({ goal, seen }) => {
    const mark = marks[goal.id];
    return `${seen.toFixed(2).padStart(8)}  ${goal.id}${mark === undefined ? '' : ` (mark: ${mark})`}`;
  });
  return lines.join('\n');
}
