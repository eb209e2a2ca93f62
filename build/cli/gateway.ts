import { InvalidArgumentError, type Command } from 'commander';
import { parseGoDuration } from '../../common/duration.ts';
import type { Host } from '../host.ts';
import { withState } from './values.ts';

interface Flags {
  stateDir?: string;
  json?: true;
  follow?: true;
  tail?: number;
  since?: Date;
}

/** `ps`, `logs` and `down`: what `up --detach` has started. */
export function declareGateway(program: Command, host: Host): void {
  withState(program.command('ps'))
    .summary('list what "up --detach" has started')
    .description('List the functions of the gateway that runs here.')
    .option('--json', 'print JSON')
    .action(async (flags: Flags) => {
      const { listRunning } = await import('../commands/ps.ts');
      return listRunning(host, { stateFolder: flags.stateDir, json: flags.json ?? false });
    });
  withState(program.command('logs'))
    .summary('print what functions wrote')
    .description('Print what functions wrote, those too of their instances that have ended.')
    .argument('[name]', 'function, or NAME.NAMESPACE (default: all, each line behind its name)')
    .option('-f, --follow', 'print what comes, until Ctrl-C')
    .option('--tail <lines>', 'only so many of the last lines of each', parseLines)
    .option('--since <time>', 'only lines from a time on: RFC 3339, or how long ago (10m)', parseSince)
    .option('--json', 'print a JSON object a line')
    .action(async (name: string | undefined, flags: Flags) => {
      const { printLogs } = await import('../commands/logs.ts');
      return printLogs(host, name, {
        stateFolder: flags.stateDir,
        follow: flags.follow ?? false,
        tail: flags.tail,
        since: flags.since,
        json: flags.json ?? false,
      });
    });
  withState(program.command('down'))
    .summary('end what "up --detach" has started')
    .description('End the gateway that runs here, with its functions; what is in flight is answered first.')
    .action(async (flags: Flags) => {
      const { takeDown } = await import('../commands/down.ts');
      return takeDown(host, flags.stateDir);
    });
}

function parseLines(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a number of lines from 1.');
  return Number(text);
}

/** @returns the time that a duration leads back to, or the time itself */
function parseSince(text: string): Date {
  const ago = parseGoDuration(text);
  const time = ago === undefined ? new Date(text) : new Date(Date.now() - ago);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError(
      'It must be a duration such as 10m, or a time such as 2026-01-31T15:04:05Z.',
    );
  return time;
}
