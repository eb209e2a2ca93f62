import { appendFile, readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { compare, type Finding } from './comparison.ts';
import { findFallen, judge, keepMarks, listMarks, readMarks } from './judge.ts';
import { Lab } from './lab.ts';
import { describeMachine, DOCS, SCRATCH, writeReport, type Report } from './report.ts';
import type { Scenario } from './scenario.ts';
import { forks } from './scenarios/forks.ts';
import { gateway } from './scenarios/gateway.ts';
import { http } from './scenarios/http.ts';
import { memory } from './scenarios/memory.ts';
import { start } from './scenarios/start.ts';
import { templates } from './scenarios/templates.ts';

/** In the order of the report. */
const SCENARIOS: readonly Scenario[] = [http, gateway, forks, templates, start, memory];
const NAMES = SCENARIOS.map(({ name }) => name);

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
 * Runs scenarios; nothing that they started is left when it returns or throws. One that fails does not take the others
 * with it: a full run takes long.
 * @throws the reason of the signal
 */
async function measure(only: readonly string[]): Promise<Report> {
  const machine = describeMachine();
  const began = performance.now();
  const findings: Finding[] = [];
  const broken: string[] = [];
  const lab = await Lab.open(options.check, stop.signal);
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      lab.signal.throwIfAborted();
      broken.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const seconds = Number(options.seconds ?? (options.check ? 1 : 2));
  const progress = (text: string): void => console.error(`${text} …`);
  try {
    for (const { name, groups } of SCENARIOS.filter((scenario) => only.includes(scenario.name))) {
      await attempt(name, async () => {
        for (const group of await groups(lab)) {
          const rounds = Number(options.rounds ?? group.rounds ?? (options.check ? 3 : 5));
          await attempt(group.title, async () => {
            findings.push(await compare(name, group, { rounds, seconds }, lab, progress));
          });
        }
      });
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

/** @returns what has fallen under its mark each time */
async function check(report: Report): Promise<string[]> {
  const marks = await readMarks();
  let fallen = findFallen(judge(report.findings), marks);
  for (let again = 0; again < AGAIN && fallen.length > 0; again += 1) {
    for (const { line } of fallen) console.error(`again: ${line}`);
    const { FLAKES_FILE } = process.env;
    if (FLAKES_FILE) await appendFile(FLAKES_FILE, fallen.map(({ line }) => `bench: ${line}\n`).join(''));
    const scenarioOf = (id: string) => report.findings.find((finding) => finding.id === id)?.scenario ?? '';
    const { findings } = await measure(fallen.map(({ finding }) => scenarioOf(finding)));
    const verdicts = judge(findings).filter(({ goal }) => fallen.some(({ id }) => id === goal.id));
    const missing = fallen.filter(({ id }) => verdicts.every(({ goal }) => goal.id !== id));
    fallen = [...missing, ...findFallen(verdicts, marks)];
  }
  return fallen.map(({ line }) => line);
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
  const page = await writeReport(report, folder);
  const verdicts = judge(report.findings);
  console.log(options.check ? listMarks(verdicts, await readMarks()) : page);
  console.error(`written to ${folder}`);
  if (options['keep-marks']) await keepMarks(verdicts);
  const faults = [...findGivenUp(report), ...(options.check ? await check(report) : [])];
  for (const fault of faults) console.error(`bench: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

if (options.help) {
  console.log(HELP);
} else if (options.render) {
  await writeReport(JSON.parse(await readFile(`${DOCS}benchmarks.json`, 'utf8')) as Report, DOCS);
} else {
  await bench().catch((error: unknown) => {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode ??= 1;
  });
}
