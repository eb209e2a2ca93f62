import { InvalidArgumentError, type Command } from 'commander';
import { parseGoDuration } from '../../common/duration.ts';
import type { Host } from '../host.ts';
import { on, value, withFlags } from './flag.ts';
import { GATEWAY, JSON_OUTPUT, NAMESPACE, STATE_FOLDER } from './shared-flags.ts';

export const PS = { ...GATEWAY, namespace: NAMESPACE, json: JSON_OUTPUT };

export const TOP = { ...GATEWAY, namespace: NAMESPACE, once: on('--once', 'print one table and end') };

export const LOGS = {
  ...GATEWAY,
  follow: on('-f, --follow', 'print what comes, until Ctrl-C'),
  tail: value('--tail <lines>', 'only so many of the last lines of each', parseLines),
  since: value('--since <time>', 'only lines from a time on: RFC 3339, or how long ago (10m)', parseSince),
  json: { ...JSON_OUTPUT, help: 'print a JSON object a line' },
};

export const DOWN = { stateFolder: STATE_FOLDER };

/** Declares `ps`, `top`, `logs` and `down`, which are for the functions that run, such as those of `up --detach`. */
export function declareGateway(program: Command, host: Host): void {
  const ps = program
    .command('ps')
    .summary('list the functions that run, with their figures')
    .description(
      'List the functions of the gateway that runs here, with their figures of the last 30 seconds.',
    );
  const psValues = withFlags(ps, PS);
  ps.action(async (given: object) => {
    const { listRunning } = await import('../commands/ps.ts');
    return listRunning(host, psValues(given));
  });
  const top = program
    .command('top')
    .summary('show the functions that run, as it changes')
    .description(
      'Show what the functions of the gateway that runs here do, as it changes, until q or Ctrl-C. Where the output is no terminal it is shown once.',
    );
  const topValues = withFlags(top, TOP);
  top.action(async (given: object) => {
    const { showTop } = await import('../commands/top.ts');
    return showTop(host, topValues(given));
  });
  const logs = program
    .command('logs')
    .summary('print what functions wrote')
    .description('Print what functions wrote, those too of their instances that have ended.')
    .argument('[names...]', 'functions, or NAME.NAMESPACE (default: all); several: each line behind a name');
  const logsValues = withFlags(logs, LOGS);
  logs.action(async (names: string[], given: object) => {
    const { printLogs } = await import('../commands/logs.ts');
    return printLogs(host, names, logsValues(given));
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
