import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { runBench } from './bench.ts';
import { judge } from './goals.ts';
import { findFallen, keepMarks, readMarks } from './marks.ts';
import { HELP, isFull, readOptions, UsageError, type Options } from './options.ts';
import { DOCS, SCRATCH, writeReport } from './report/output.ts';
import type { Report } from './report/report.ts';

/** A signal has ended the run. */
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
  try {
    return await conclude(
      await runBench(options, (text) => console.error(`${text} …`), stop.signal),
      options,
    );
  } catch (error) {
    if (stop.signal.reason instanceof Interrupted) return stop.signal.reason.exitStatus;
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

/** @returns the exit status */
async function conclude(report: Report, options: Options): Promise<number> {
  const folder = isFull(options) ? DOCS : SCRATCH;
  console.log(await writeReport(report, folder));
  console.error(`written to ${folder}`);
  const verdicts = judge(report.findings);
  if (options.keepMarks) await keepMarks(verdicts);
  const givenUp = report.findings.flatMap(({ title, rows }) =>
    rows.flatMap(({ contender, point, broken }) =>
      broken === undefined ? [] : [`${title}, ${contender} at ${point.name}: ${broken}`],
    ),
  );
  const fallen = options.check ? findFallen(verdicts, await readMarks()) : [];
  const faults = [...report.broken, ...givenUp, ...fallen];
  for (const fault of faults) console.error(`bench: ${fault}`);
  return faults.length === 0 ? 0 : 1;
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
