import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { runBench } from './bench.ts';
import { judge } from './goals.ts';
import { findFallen, keepMarks, listMarks, readMarks } from './marks.ts';
import { HELP, isFull, readOptions, UsageError, type Options } from './options.ts';
import { DOCS, SCRATCH, writeReport } from './report/output.ts';
import type { Report } from './report/report.ts';

/** How often the quick form repeats a measurement that has fallen. */
const AGAIN = 2;

/** Thrown when a signal has ended the run. */
class Interrupted extends Error {
  readonly exitStatus: number;

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`ended by ${signal}`);
    this.exitStatus = 128 + constants.signals[signal];
  }
}

async function bench(options: Options): Promise<number> {
  if (options.render) {
    await writeReport(JSON.parse(await readFile(`${DOCS}benchmarks.json`, 'utf8')) as Report, DOCS);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort(new Interrupted(signal)));
  }
  const measure = (only: readonly string[]): Promise<Report> =>
    runBench({ ...options, only }, (text) => console.error(`${text} …`), stop.signal);
  try {
    const report = await measure(options.only);
    const folder = isFull(options) ? DOCS : SCRATCH;
    const page = await writeReport(report, folder);
    console.log(options.check ? listMarks(judge(report.findings), await readMarks()) : page);
    console.error(`written to ${folder}`);
    if (options.keepMarks) await keepMarks(judge(report.findings));
    const faults = [
      ...report.broken,
      ...(options.check ? await check(report, measure) : findGivenUp(report)),
    ];
    for (const fault of faults) console.error(`bench: ${fault}`);
    return report.broken.length === 0 && (!options.check || faults.length === 0) ? 0 : 1;
  } catch (error) {
    if (stop.signal.reason instanceof Interrupted) return stop.signal.reason.exitStatus;
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

function findGivenUp({ findings }: Report): string[] {
  return findings.flatMap(({ title, rows }) =>
    rows.flatMap(({ contender, point, broken }) =>
      broken === undefined ? [] : [`${title}, ${contender} at ${point.name}: ${broken}`],
    ),
  );
}

/**
 * Measures figures again that fell under their mark, up to twice: noise passes, a defect does not.
 * @returns the figures that have fallen each time, and those that could not be measured in the first run
 */
async function check(
  report: Report,
  measure: (only: readonly string[]) => Promise<Report>,
): Promise<string[]> {
  const marks = await readMarks();
  const scenarios = new Map(report.findings.map(({ id, scenario }) => [id, scenario]));
  let fallen = findFallen(judge(report.findings), marks);
  for (let again = 0; again < AGAIN && fallen.length > 0; again += 1) {
    for (const { line } of fallen) console.error(`again: ${line}`);
    const only = new Set(fallen.map(({ finding }) => scenarios.get(finding) ?? finding));
    const { findings } = await measure([...only]);
    const verdicts = judge(findings).filter(({ goal }) => fallen.some(({ id }) => id === goal.id));
    const missing = fallen.filter(({ id }) => verdicts.every(({ goal }) => goal.id !== id));
    fallen = [...missing, ...findFallen(verdicts, marks)];
  }
  return [...findGivenUp(report), ...fallen.map(({ line }) => line)];
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options) process.exitCode = await bench(options);
  else console.log(HELP);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 2;
}
