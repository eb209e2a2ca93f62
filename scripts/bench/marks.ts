import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Marks, Verdict } from './judge.ts';

const FILE = fileURLToPath(new URL('marks.json', import.meta.url));

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
export async function keepMarks(verdicts: readonly Verdict[], marks: Marks): Promise<void> {
  const seen = verdicts
    .filter(({ canBeHeld, goal }) => canBeHeld && goal.figure !== 'p99' && goal.other !== 'HAProxy')
    .map(({ id, seen: value }) => [id, Number(value.toPrecision(3))]);
  await writeFile(FILE, `${JSON.stringify({ ...marks, ...Object.fromEntries(seen) }, undefined, 2)}\n`);
}

/** What was measured, a line each, beside its mark where there is one. */
export function listMarks(verdicts: readonly Verdict[]): string {
  const held = verdicts.filter(({ canBeHeld }) => canBeHeld);
  const marked = (mark?: number): string => (mark === undefined ? '' : ` (mark: ${mark})`);
  return held.map(({ id, seen, mark }) => `${seen.toFixed(2).padStart(8)}  ${id}${marked(mark)}`).join('\n');
}
