import { readFileSync } from 'node:fs';
import path from 'node:path';
import { MOST_RETRIED, tellFlaky } from './flaky.ts';
import { runTests, type Outcome, type RunOptions } from './run-tests.ts';

/** The slowest test files that are named at the end. */
const SLOWEST = 10;

/**
 * Runs test files. Tests that fail run once more, by their names, one file at a time, and are named at the end: a
 * test that passes then is flaky, one that fails twice has failed.
 * @param suite the name of the run, for the reader
 * @returns whether all have passed, the first time or the second
 */
export async function passes(suite: string, files: readonly string[], options: RunOptions): Promise<boolean> {
  const first = await runTests(files, options);
  tellSlowest(suite, first.outcomes);
  if (first.passed) return true;
  const failed = first.outcomes.filter(({ failed: hasFailed }) => hasFailed);
  const top = failed.filter(({ nesting }) => nesting === 0);
  if (top.length === 0 || top.length > MOST_RETRIED) {
    console.log(`${suite}: ${top.length || 'unknown'} tests have failed: none is tried again`);
    return false;
  }
  const flaky: string[] = [];
  const broken: string[] = [];
  for (const file of new Set(top.map((outcome) => outcome.file))) {
    const ofFile = failed.filter((outcome) => outcome.file === file);
    const recovered = file !== undefined && (await passNow(file, runOf(file, files), ofFile, options));
    const names = ofFile.filter(({ nesting }) => nesting === 0).map((outcome) => titleOf(outcome));
    (recovered ? flaky : broken).push(...names);
  }
  await tellFlaky(suite, flaky);
  for (const title of broken) console.log(`failed (2 tries): ${suite}: ${title}`);
  return broken.length === 0;
}

/**
 * Finds the files that run the tests of a file: itself, or the ones that use it where it is a helper that declares
 * tests, as Node names the file of the declaration.
 */
function runOf(file: string, files: readonly string[]): readonly string[] {
  if (files.some((one) => path.resolve(one) === file)) return [file];
  const users = files.filter((one) => readFileSync(one, 'utf8').includes(path.basename(file)));
  return users.length > 0 ? users : files;
}

/**
 * Whether the tests of one file that have failed pass when they run alone.
 * @param run the files to run for it
 */
async function passNow(
  file: string,
  run: readonly string[],
  failed: readonly Outcome[],
  options: RunOptions,
): Promise<boolean> {
  const isWhole = failed.some(({ name }) => name === file || file.endsWith(path.sep + name)); // outside of its tests
  const names = isWhole ? [] : [...new Set(failed.map(({ name }) => name))];
  console.log(`once more: ${file}: ${names.join('; ') || 'all of it'}`);
  const again = await runTests(run, { ...options, concurrency: 1, names });
  const ran = new Set(again.outcomes.map(({ name }) => name));
  // A test whose name differs from run to run was not found by its name, and so not tried again.
  return again.passed && failed.every(({ name, nesting }) => isWhole || nesting > 0 || ran.has(name));
}

function titleOf({ file, name }: Outcome): string {
  return file === undefined ? name : `${path.relative(process.cwd(), file)}: ${name}`;
}

function tellSlowest(suite: string, outcomes: readonly Outcome[]): void {
  const seconds = new Map<string, number>();
  for (const { file, nesting, ms } of outcomes) {
    if (file !== undefined && nesting === 0) seconds.set(file, (seconds.get(file) ?? 0) + ms / 1000);
  }
  const slowest = [...seconds].sort(([, a], [, b]) => b - a).slice(0, SLOWEST);
  const shown = slowest.map(([file, value]) => `${value.toFixed(0)} ${path.basename(file)}`);
  console.log(`${suite}: seconds of the slowest files: ${shown.join(', ')}`);
}
