import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WATCHDOG } from '../sample/bundle.ts';
import { startAutocannon } from './autocannon.ts';
import { timeColdStarts, type ColdStart } from './cold-start.ts';
import { compare, type Comparison } from './comparison.ts';
import { forkGroup, preforkGroup } from './fork-groups.ts';
import { judgeForks } from './fork-marks.ts';
import type { LoadGenerator } from './load.ts';
import { describeMachine } from './machine.ts';
import { judge } from './marks.ts';
import type { Options } from './options.ts';
import type { Report } from './report.ts';
import { Bundles, type Group } from './subjects.ts';
import { judgeTemplates, TEMPLATE_CONNECTIONS, templateGroups } from './templates.ts';
import { startWrk } from './wrk.ts';

async function httpGroup(bundles: Bundles): Promise<Group> {
  return {
    title: 'http mode beside the function hit directly (GET)',
    request: { method: 'GET' },
    subjects: [await bundles.direct(), await bundles.httpMode()],
    standingFunction: true,
  };
}

async function runParts(
  options: Options,
  bundles: Bundles,
  folder: string,
  generator: LoadGenerator,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<Pick<Report, 'comparisons' | 'coldStarts'>> {
  const comparisons: Comparison[] = [];
  let coldStarts: ColdStart[] = [];
  if (options.parts.includes('start')) {
    progress('cold start');
    const subjects = [await bundles.httpMode(), await bundles.forkMode('streaming')];
    coldStarts = await timeColdStarts(subjects, options.starts, signal);
  }
  if (options.parts.includes('http')) {
    const effort = { ...options, connections: options.httpConnections };
    comparisons.push(await compare(await httpGroup(bundles), effort, generator, progress, signal));
  }
  if (options.parts.includes('forks')) {
    const effort = { ...options, connections: options.forkConnections };
    comparisons.push(await compare(await forkGroup(bundles), effort, generator, progress, signal));
    const one = { ...options, connections: [1] };
    comparisons.push(await compare(await preforkGroup(bundles), one, generator, progress, signal));
  }
  if (options.parts.includes('templates')) {
    const effort = { ...options, connections: TEMPLATE_CONNECTIONS };
    for (const group of await templateGroups(folder)) {
      comparisons.push(await compare(group, effort, generator, progress, signal));
    }
  }
  return { comparisons, coldStarts };
}

/**
 * Runs what the options ask for; nothing that it started is left when it returns or throws.
 * @param progress told what is about to be measured
 * @throws Error when something that is measured, or the load generator, ends; the reason of the signal
 */
export async function runBench(
  options: Options,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<Report> {
  if (!existsSync(WATCHDOG)) throw new Error('dist/fwatchdog.js is not there: run npm run build first');
  const machine = describeMachine();
  const generator = options.generator === 'wrk' ? await startWrk(signal) : startAutocannon();
  const folder = await mkdtemp(join(tmpdir(), 'fwatchdog-bench-'));
  const stopLoad = (): void => void generator.close();
  signal.addEventListener('abort', stopLoad);
  try {
    const bundles = await Bundles.make(folder);
    const { comparisons, coldStarts } = await runParts(options, bundles, folder, generator, progress, signal);
    const rows = comparisons.flatMap((comparison) => comparison.rows);
    const marks = [...judge(rows, coldStarts), ...judgeForks(rows), ...judgeTemplates(comparisons)];
    const { rounds, seconds } = options;
    return { machine, generator: generator.name, rounds, seconds, comparisons, coldStarts, marks };
  } finally {
    signal.removeEventListener('abort', stopLoad);
    await generator.close();
    await rm(folder, { recursive: true, force: true });
  }
}
