import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const REPORTER = fileURLToPath(new URL('outcomes-reporter.mjs', import.meta.url));

/** The outcome of one test. */
export interface Outcome {
  /** Undefined where Node does not tell it. */
  readonly file: string | undefined;
  readonly name: string;
  /** How many tests it is nested in. */
  readonly nesting: number;
  readonly failed: boolean;
  readonly ms: number;
}

export interface RunOptions {
  /** How many files at a time. */
  readonly concurrency: number;
  /** How long one test may take. */
  readonly timeoutMs: number;
  /** Variables that the tests get beside those of this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The tests to run, by their names; all where there are none. */
  readonly names?: readonly string[];
}

/** Runs test files, with Node's report on stdout. @returns the outcomes, and whether Node calls them passed */
export async function runTests(
  files: readonly string[],
  { concurrency, timeoutMs, env, names = [] }: RunOptions,
): Promise<{ readonly passed: boolean; readonly outcomes: readonly Outcome[] }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'outcomes-'));
  try {
    const output = path.join(folder, 'lines');
    const runner = [
      '--import',
      'tsx',
      '--test',
      `--test-concurrency=${concurrency}`,
      `--test-timeout=${timeoutMs}`,
    ];
    const forUs = [`--test-reporter=${REPORTER}`, `--test-reporter-destination=${output}`];
    const forReader = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
    const chosen = names.map((name) => `--test-name-pattern=^${escaped(name)}$`);
    const flags = [...runner, ...forUs, ...forReader, ...chosen];
    const { exitCode } = await execa(process.execPath, [...flags, ...files], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
    });
    const lines = (await readFile(output, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
    return { passed: exitCode === 0, outcomes: lines.map((line) => JSON.parse(line) as Outcome) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes a regular expression that matches only this text. */
function escaped(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`);
}
