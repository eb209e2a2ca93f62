import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../sample/bundle.ts';
import { runBench } from './bench.ts';
import { HELP, readOptions, UsageError, type Options } from './options.ts';
import { printReport } from './report.ts';

const FILE = fileURLToPath(new URL('dist/bench.json', ROOT));

/** A signal has ended the run. */
class Interrupted extends Error {
  readonly exitStatus: number;

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`ended by ${signal}`);
    this.exitStatus = 128 + constants.signals[signal];
  }
}

async function bench(options: Options): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort(new Interrupted(signal)));
  }
  try {
    const report = await runBench(options, (text) => console.error(`${text} …`), stop.signal);
    await writeFile(FILE, `${JSON.stringify(report, undefined, 2)}\n`);
    console.log(printReport(report));
    const missed = report.marks.filter((mark) => !mark.met);
    if (!options.check || missed.length === 0) return 0;
    console.error(`missed: ${missed.map((mark) => `${mark.what}: ${mark.seen}`).join('; ')}`);
    return 1;
  } catch (error) {
    if (stop.signal.reason instanceof Interrupted) return stop.signal.reason.exitStatus;
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
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
