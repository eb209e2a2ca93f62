import { appendFile, readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { compare, type Finding, type Group } from './comparison.ts';
import { judge, type Marks, type Verdict } from './judge.ts';
import { Lab } from './lab.ts';
import { LoadClient } from './load/client.ts';
import { keepMarks, listMarks, readMarks } from './marks.ts';
import { describeMachine, DOCS, SCRATCH, writeReport, type Report } from './report.ts';
import { ASYNC } from './scenarios/async.ts';
import { GATEWAY, HTTP } from './scenarios/forwarding.ts';
import { FUNCTIONS } from './scenarios/functions.ts';
import { MEMORY } from './scenarios/memory.ts';
import { START } from './scenarios/start.ts';

/** In the order of the report. */
const GROUPS: readonly Group[] = [...HTTP, ...GATEWAY, ...FUNCTIONS, ...START, MEMORY, ASYNC];
const NAMES = [...new Set(GROUPS.map(({ scenario }) => scenario))];

/** How often the quick form measures again what has fallen: noise passes, a defect does not. */
const AGAIN = 2;

const HELP = `npm run bench [-- OPTIONS]: ours beside others that do the same work, in turn

  --check           the quick form, some two minutes: exit with 1 where a ratio is worse by more than a quarter
                    than its mark in scripts/bench/marks.json
  --only SCENARIOS  some of ${NAMES.join(',')}, with commas
  --rounds N        rounds for each server and point, in place of the scenario's own
  --seconds N       how long each of them lasts
  --keep-marks      make what is measured the marks
  --render          measure nothing: write the page anew of docs/benchmarks.json
  --help            this text

A full run, of every scenario with its own rounds and seconds, takes about 40 minutes and writes docs/benchmarks.md and
docs/benchmarks.json. Any other writes the same into dist/bench/report/.`;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    process.exitCode = 128 + constants.signals[signal];
    stop.abort(new Error(`ended by ${signal}`));
  });
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        check: { type: 'boolean', default: false },
        only: { type: 'string', default: NAMES.join(',') },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        'keep-marks': { type: 'boolean' },
        render: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
}

const options = readOptions();

/**
 * Runs scenarios; nothing that they started is left when it returns or throws. A group that fails does not take the
 * others with it: a full run takes long.
 * @throws the reason of the signal
 */
async function measure(only: readonly string[]): Promise<Report> {
  const machine = describeMachine();
  const began = performance.now();
  const findings: Finding[] = [];
  const broken: string[] = [];
  const effort = {
    ...(options.rounds && { rounds: Number(options.rounds) }),
    ...(options.seconds && { seconds: Number(options.seconds) }),
  };
  const lab = new Lab(options.check, stop.signal, await LoadClient.open(stop.signal));
  try {
    for (const group of GROUPS) {
      const { scenario, points, quickPoints = points } = group;
      if (!only.includes(scenario) || (options.check && quickPoints.length === 0)) continue;
      try {
        findings.push(await compare(group, effort, lab));
      } catch (error) {
        lab.signal.throwIfAborted();
        broken.push(`${group.title}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return { machine, minutes: (performance.now() - began) / 60_000, findings, broken };
  } finally {
    await lab.close();
  }
}

function findGivenUp({ findings, broken }: Report): string[] {
  const rows = findings.flatMap(({ title, rows: all }) => all.map((row) => ({ title, ...row })));
  const givenUp = rows.filter((row) => row.broken !== undefined);
  return [...broken, ...givenUp.map((row) => `${row.title}, ${row.contender}: ${row.broken}`)];
}

/** @returns the faults that were there each time */
async function check(verdicts: readonly Verdict[], marks: Marks): Promise<string[]> {
  let fallen = verdicts.filter(({ fault }) => fault);
  for (let again = 0; again < AGAIN && fallen.length > 0; again += 1) {
    for (const { fault } of fallen) console.error(`again: ${fault}`);
    const { FLAKES_FILE } = process.env;
    if (FLAKES_FILE) await appendFile(FLAKES_FILE, fallen.map(({ fault }) => `bench: ${fault}\n`).join(''));
    const { findings } = await measure(fallen.map(({ scenario }) => scenario));
    const seen = judge(findings, marks);
    fallen = fallen
      .map((verdict) => seen.find(({ id }) => id === verdict.id) ?? verdict)
      .filter(({ fault }) => fault);
  }
  return fallen.flatMap(({ fault }) => fault ?? []);
}

async function bench(): Promise<void> {
  const only = options.only.split(',');
  const odd = only.find((name) => !NAMES.includes(name));
  if (odd !== undefined) throw new Error(`--only ${odd}: expected some of ${NAMES.join(',')}`);
  for (const name of ['rounds', 'seconds'] as const) {
    const text = options[name] ?? '1';
    if (!/^[1-9]\d{0,3}$/.test(text))
      throw new Error(`--${name} ${text}: expected a whole number from 1 to 9999`);
  }
  const report = await measure(only);
  const isFull = !options.check && only.length === NAMES.length && !options.rounds && !options.seconds;
  const folder = isFull ? DOCS : SCRATCH;
  const marks = await readMarks();
  const verdicts = judge(report.findings, marks);
  const page = await writeReport(report, verdicts, folder);
  console.log(options.check ? listMarks(verdicts) : page);
  console.error(`written to ${folder}`);
  if (options['keep-marks']) await keepMarks(verdicts, marks);
  const faults = [...findGivenUp(report), ...(options.check ? await check(verdicts, marks) : [])];
  for (const fault of faults) console.error(`bench: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

if (options.help) {
  console.log(HELP);
} else if (options.render) {
  const report = JSON.parse(await readFile(`${DOCS}benchmarks.json`, 'utf8')) as Report;
  await writeReport(report, judge(report.findings, {}), DOCS);
} else {
  await bench().catch((error: unknown) => {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode ??= 1;
  });
}
