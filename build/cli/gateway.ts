import { InvalidArgumentError, type Command } from 'commander';
import { parseGoDuration } from '../../common/duration.ts';
import type { Host } from '../host.ts';
import { on, value, withFlags } from './flag.ts';
import { JSON_OUTPUT, STATE_FOLDER } from './shared-flags.ts';

export const PS = { stateFolder: STATE_FOLDER, json: JSON_OUTPUT };

export const LOGS = {
  stateFolder: STATE_FOLDER,
  follow: on('-f, --follow', 'print what comes, until Ctrl-C'),
  tail: value('--tail <lines>', 'only so many of the last lines of each', parseLines),
  since: value('--since <time>', 'only lines from a time on: RFC 3339, or how long ago (10m)', parseSince),
  json: { ...JSON_OUTPUT, help: 'print a JSON object a line' },
};

export const DOWN = { stateFolder: STATE_FOLDER };

/** Declares `ps`, `logs` and `down`, which are for the functions that `up --detach` has started. */
export function declareGateway(program: Command, host: Host): void {
  const ps = program
    .command('ps')
    .summary('list what "up --detach" has started')
    .description('List the functions of the gateway that runs here.');
  const psValues = withFlags(ps, PS);
  ps.action(async (given: object) => {
    const { listRunning } = await import('../commands/ps.ts');
    return listRunning(host, psValues(given));
  });
  const logs = program
    .command('logs')
    .summary('print what functions wrote')
    .description('Print what functions wrote, those too of their instances that have ended.')
    .argument('[name]', 'function, or NAME.NAMESPACE (default: all, each line behind its name)');
  const logsValues = withFlags(logs, LOGS);
  logs.action(async (name: string | undefined, given: object) => {
    const { printLogs } = await import('../commands/logs.ts');
    return printLogs(host, name, logsValues(given));
  });
  const down = program
    .command('down')
    .summary('end what "up --detach" has started')
    .description('End the gateway that runs here, with its functions; what is in flight is answered first.');
  const downValues = withFlags(down, DOWN);
  down.action(async (given: object) => {
    const { takeDown } = await import('../commands/down.ts');
    return takeDown(host, downValues(given).stateFolder);
  });
}

function parseLines(given: string): number {
  if (!/^[1-9]\d{0,8}$/.test(given)) throw new InvalidArgumentError('It must be a number of lines from 1.');
  return Number(given);
}

/** Reads a time, or a duration that counts back from now. */
function parseSince(given: string): Date {
  const ago = parseGoDuration(given);
  const time = ago === undefined ? new Date(given) : new Date(Date.now() - ago);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError(
      'It must be a duration such as 10m, or a time such as 2026-01-31T15:04:05Z.',
    );
  return time;
}
