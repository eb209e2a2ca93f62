import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { WATCHDOG } from '../sample/sample-bundle.ts';
import { compare, type Finding } from './comparison.ts';
import { Lab } from './lab.ts';
import { describeMachine } from './machine.ts';
import type { Options } from './options.ts';
import type { Report } from './report/report.ts';
import type { Group, Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { Stage } from './stage.ts';

type Progress = (text: string) => void;

function withOptions(group: Group, { rounds, seconds }: Options): Group {
  return {
    ...group,
    ...(rounds === undefined ? {} : { rounds }),
    ...(seconds === undefined || group.seconds === 0 ? {} : { seconds }),
  };
}

/** Runs the scenarios one by one. One that fails does not end the others, as a full run takes long. */
async function runScenario(
  scenario: Scenario,
  lab: Lab,
  options: Options,
  progress: Progress,
): Promise<{ findings: Finding[]; broken: string[] }> {
  const findings: Finding[] = [];
  const broken: string[] = [];
  try {
    for (const group of await scenario.groups(lab)) {
      try {
        findings.push(await compare(scenario.name, withOptions(group, options), new Stage(lab), progress));
      } catch (error) {
        lab.signal.throwIfAborted();
        broken.push(`${group.title}: ${messageOf(error)}`);
      }
    }
  } catch (error) {
    lab.signal.throwIfAborted();
    broken.push(`${scenario.name}: ${messageOf(error)}`);
  }
  return { findings, broken };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Runs the scenarios that the options name. Every process that it started has ended when it returns or throws.
 * @param progress called before each measurement
 * @throws Error when there is no watchdog or load generator; the reason of the signal
 */
export async function runBench(options: Options, progress: Progress, signal: AbortSignal): Promise<Report> {
  if (!existsSync(WATCHDOG)) throw new Error('dist/fwatchdog.js is not there: run npm run build first');
  const machine = describeMachine();
  const began = performance.now();
  const lab = await Lab.open(options, signal);
  try {
    const findings: Finding[] = [];
    const broken: string[] = [];
    for (const scenario of SCENARIOS.filter(({ name }) => options.only.includes(name))) {
      const result = await runScenario(scenario, lab, options, progress);
      findings.push(...result.findings);
      broken.push(...result.broken);
    }
    const minutes = (performance.now() - began) / 60_000;
    return { machine, generator: lab.generator.name, minutes, findings, broken };
  } finally {
    await lab.close();
  }
}
