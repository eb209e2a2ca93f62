import { parseArgs } from 'node:util';

const PARTS = ['http', 'forks', 'start', 'templates'] as const;
type Part = (typeof PARTS)[number];

/** What one run of the bench does. */
export interface Options {
  readonly parts: readonly Part[];
  /** Measured rounds for each server and number of connections. */
  readonly rounds: number;
  /** How long each of them lasts. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly httpConnections: readonly number[];
  readonly forkConnections: readonly number[];
  readonly starts: number;
  readonly generator: 'autocannon' | 'wrk';
  /** Whether a missed mark fails the run. */
  readonly check: boolean;
}

export const HELP = `npm run bench [-- OPTIONS]: the watchdog beside bare servers, in one run and in turn

  --quick           under two minutes: short rounds, fork modes at 8 connections only
  --check           exit with 1 when a mark is missed
  --only PARTS      some of ${PARTS.join(',')}, with commas
  --rounds N        measured rounds for each server and number of connections (5; quick 3)
  --seconds N       how long each of them lasts (2; quick 1)
  --wrk             load from wrk, which must be on PATH, instead of autocannon
  --help            this text

The figures are printed and written to dist/bench.json.`;

const FULL = {
  rounds: 5,
  seconds: 2,
  warmUpSeconds: 1,
  starts: 15,
  httpConnections: [1, 50, 500],
  forkConnections: [1, 8, 64],
};
const QUICK = { ...FULL, rounds: 3, seconds: 1, warmUpSeconds: 0.5, starts: 5, forkConnections: [8] };

/** The command line cannot be read: one line for the user. */
export class UsageError extends Error {}

function wholeNumber(option: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (value < 1) throw new UsageError(`--${option} ${text}: expected a whole number from 1 to 9999`);
  return value;
}

function partsOf(text: string | undefined): readonly Part[] {
  if (text === undefined) return PARTS;
  return text.split(',').map((word) => {
    const part = PARTS.find((part) => part === word);
    if (!part) throw new UsageError(`--only ${text}: expected some of ${PARTS.join(',')}`);
    return part;
  });
}

/**
 * @param words the command line, without node and script
 * @returns undefined where help was asked for
 * @throws UsageError
 */
export function readOptions(words: string[]): Options | undefined {
  const { values } = parse(words);
  if (values.help) return undefined;
  const base = values.quick ? QUICK : FULL;
  return {
    ...base,
    parts: partsOf(values.only),
    rounds: wholeNumber('rounds', values.rounds, base.rounds),
    seconds: wholeNumber('seconds', values.seconds, base.seconds),
    generator: values.wrk ? 'wrk' : 'autocannon',
    check: values.check ?? false,
  };
}

function parse(words: string[]) {
  try {
    return parseArgs({
      args: words,
      options: {
        quick: { type: 'boolean' },
        check: { type: 'boolean' },
        wrk: { type: 'boolean' },
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
