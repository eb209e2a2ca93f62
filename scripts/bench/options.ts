import { parseArgs } from 'node:util';
import { SCENARIOS } from './scenarios/all.ts';

/** The options of one run of the bench. */
export interface Options {
  /** The names of the scenarios. */
  readonly only: readonly string[];
  /** The quick form, which fails where a figure is worse than its mark by more than a quarter. */
  readonly check: boolean;
  /** Rounds, and seconds of each, instead of the scenarios' own. */
  readonly rounds: number | undefined;
  readonly seconds: number | undefined;
  /** Undefined for wrk where it is installed. */
  readonly generator: 'autocannon' | 'wrk' | undefined;
  /** Whether to make marks of the measured values. */
  readonly keepMarks: boolean;
  /** Whether to write the report of the present figures, without measuring. */
  readonly render: boolean;
}

const NAMES = SCENARIOS.map(({ name }) => name);

export const HELP = `npm run bench [-- OPTIONS]: the watchdog beside others that do the same work, in turn

  --check           the quick form, about a minute: exit with 1 where a ratio is worse by more than a quarter
                    than its mark in scripts/bench/marks.json
  --only SCENARIOS  some of ${NAMES.join(',')}, with commas
  --rounds N        rounds for each server and point, in place of the scenario's own
  --seconds N       how long each of them lasts
  --wrk             fail where wrk is not on PATH
  --autocannon      load from autocannon even where wrk is on PATH
  --keep-marks      make what is measured the marks
  --render          measure nothing: write the report anew of docs/benchmarks.json
  --help            this text

A full run, of every scenario with its own rounds and seconds, takes about 40 minutes and writes docs/benchmarks.md, its
charts and docs/benchmarks.json. Any other writes the same into dist/bench/report/.`;

/** Thrown when the command line cannot be read, with one line for the user. */
export class UsageError extends Error {}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (value < 1) throw new UsageError(`--${option} ${text}: expected a whole number from 1 to 9999`);
  return value;
}

function scenariosOf(text: string | undefined): readonly string[] {
  if (text === undefined) return NAMES;
  const words = text.split(',');
  const odd = words.find((word) => !NAMES.includes(word));
  if (odd !== undefined) throw new UsageError(`--only ${text}: expected some of ${NAMES.join(',')}`);
  return words;
}

/**
 * @param words the command line, without node and script
 * @returns undefined where help was asked for
 * @throws UsageError
 */
export function readOptions(words: string[]): Options | undefined {
  const { values } = parse(words);
  if (values.help) return undefined;
  if (values.wrk && values.autocannon) throw new UsageError('--wrk and --autocannon: expected one of them');
  return {
    only: scenariosOf(values.only),
    check: values.check ?? false,
    rounds: wholeNumber('rounds', values.rounds),
    seconds: wholeNumber('seconds', values.seconds),
    generator: values.wrk ? 'wrk' : values.autocannon ? 'autocannon' : undefined,
    keepMarks: values['keep-marks'] ?? false,
    render: values.render ?? false,
  };
}

/** Whether it measures everything that the report in docs/ shows. */
export function isFull({ only, check, rounds, seconds }: Options): boolean {
  return !check && only.length === NAMES.length && rounds === undefined && seconds === undefined;
}

function parse(words: string[]) {
  try {
    return parseArgs({
      args: words,
      options: {
        check: { type: 'boolean' },
        wrk: { type: 'boolean' },
        autocannon: { type: 'boolean' },
        'keep-marks': { type: 'boolean' },
        render: { type: 'boolean' },
        help: { type: 'boolean' },
        only: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
