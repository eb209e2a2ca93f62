import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';
import { InvalidArgumentError, program } from 'commander';
import { messageOf } from '../../common/errors.ts';
import { tellFlaky } from '../tests/flaky.ts';
import { compare, type Effort, type Finding } from './comparison.ts';
import { faultOf, judge, keepMarks, listMarks, readGoals, type Goals, type Verdict } from './judge.ts';
import { Lab } from './lab.ts';
import { startLoadClient } from './load/client.ts';
import { describeMachine, findGivenUp, readReport, writeReport, type Report } from './report.ts';
import { GROUPS, NAMES } from './scenarios/groups.ts';

/** How often the quick form measures figures with a fault again: noise passes, a defect does not. */
const AGAIN = 2;

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('expected a whole number from 1 to 9999');
  return Number(text);
}

function someNames(text: string): string[] {
  const names = text.split(',');
  if (names.some((name) => !NAMES.includes(name))) throw new InvalidArgumentError('no such scenario');
  return names;
}

interface Options extends Effort {
  readonly check?: true;
  readonly only?: readonly string[];
  readonly keepMarks?: true;
  readonly render?: true;
}

const {
  check: isCheck = false,
  only = NAMES,
  keepMarks: keeps,
  render,
  ...effort
} = program
  .name('npm run bench --')
  .description('Ours beside others that do the same work, in turn.')
  .option(
    '--check',
    'the quick form, some two minutes: exit with 1 where a ratio is worse by more than a quarter than its mark in ' +
      'scripts/bench/goals.json',
  )
  .option('--only <scenarios>', `some of ${NAMES.join(',')}, with commas`, someNames)
  .option('--rounds <n>', "rounds for each server and point, in place of the scenario's own", wholeNumber)
  .option('--seconds <n>', 'how long each of them lasts', wholeNumber)
  .option('--keep-marks', 'make what is measured the marks')
  .option('--render', 'measure nothing: put the tables of docs/benchmarks.json into docs/benchmarks.md')
  .addHelpText(
    'after',
    '\nA full run, of every scenario with its own rounds and seconds, takes about 50 minutes and writes ' +
      'docs/benchmarks.md and\ndocs/benchmarks.json. Any other writes the same into dist/bench/report/.',
  )
  .parse()
  .opts<Options>();

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    process.exitCode = 128 + constants.signals[signal];
    stop.abort(new Error(`ended by ${signal}`));
  });
}

/**
 * Runs scenarios; nothing that they started is left when it returns or throws.
 * @throws the reason of the signal
 */
async function measure(names: readonly string[]): Promise<Report> {
  const machine = describeMachine();
  const began = performance.now();
  const findings: Finding[] = [];
  const lab = new Lab(isCheck, stop.signal, await startLoadClient(stop.signal));
  try {
    for (const group of GROUPS.filter(({ scenario }) => names.includes(scenario))) {
      if (isCheck && group.quickPoints?.length === 0) continue;
      findings.push(await compare(group, effort, lab));
    }
    return { machine, minutes: (performance.now() - began) / 60_000, findings };
  } finally {
    await lab.close();
  }
}

function faultsOf(verdicts: readonly Verdict[]): string[] {
  return verdicts.flatMap((verdict) => faultOf(verdict) ?? []);
}

/** @returns the faults that are there each time; names the others as flaky */
async function check(verdicts: readonly Verdict[], goals: Goals): Promise<string[]> {
  const first = verdicts.filter(faultOf);
  let fallen = first;
  for (let again = 0; again < AGAIN && fallen.length > 0; again += 1) {
    for (const fault of faultsOf(fallen)) console.error(`again: ${fault}`);
    const { findings } = await measure(fallen.map(({ scenario }) => scenario));
    const seen = judge(findings, goals);
    fallen = fallen.map((verdict) => seen.find(({ id }) => id === verdict.id) ?? verdict).filter(faultOf);
  }
  const passed = first.filter((verdict) => fallen.every(({ id }) => id !== verdict.id));
  await tellFlaky('bench', faultsOf(passed));
  return faultsOf(fallen);
}

async function bench(): Promise<void> {
  const goals = await readGoals();
  const report = render ? await readReport() : await measure(only);
  const isFull = render || (!isCheck && only.length === NAMES.length && Object.keys(effort).length === 0);
  const verdicts = judge(report.findings, goals);
  const page = await writeReport(report, verdicts, isFull);
  if (render) return;
  console.log(isCheck ? listMarks(verdicts) : page);
  if (keeps) await keepMarks(verdicts, goals);
  const faults = [...report.findings.flatMap(findGivenUp), ...(isCheck ? await check(verdicts, goals) : [])];
  for (const fault of faults) console.error(`bench: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

await bench().catch((error: unknown) => {
  console.error(`bench: ${messageOf(error)}`);
  process.exitCode ??= 1;
});
