import { InvalidArgumentError, type Command } from 'commander';
import { parseGoDuration } from '../../common/duration.ts';
import type { Host } from '../host.ts';
import { gatewayChoice, withGateway, withState, type GatewayFlags } from './values.ts';

interface Flags extends GatewayFlags {
  json?: true;
  namespace?: string;
  once?: true;
  follow?: true;
  tail?: number;
  since?: Date;
}

/** `ps`, `top`, `logs` and `down`: what runs, above all what `up --detach` has started. */
export function declareGateway(program: Command, host: Host): void {
  withGateway(program.command('ps'))
    .summary('list the functions that run, with their figures')
    .description(
      'List the functions of the gateway that runs here, with their figures of the last 30 seconds.',
    )
    .option('-n, --namespace <namespace>', 'only functions in it (default: all)')
    .option('--json', 'print JSON')
    .action(async (flags: Flags) => {
      const { listRunning } = await import('../commands/ps.ts');
      return listRunning(host, {
        gateway: gatewayChoice(flags),
        namespace: flags.namespace ?? '',
        json: flags.json ?? false,
      });
    });
  withGateway(program.command('top'))
    .summary('show the functions that run, as it changes')
    .description(
      'Show what the functions of the gateway that runs here do, as it changes, until q or Ctrl-C. Where the output is no terminal it is shown once.',
    )
    .option('-n, --namespace <namespace>', 'only functions in it (default: all)')
    .option('--once', 'print one table and end')
    .action(async (flags: Flags) => {
      const { showTop } = await import('../commands/top.ts');
      return showTop(host, {
        gateway: gatewayChoice(flags),
        namespace: flags.namespace ?? '',
        once: flags.once ?? false,
      });
    });
  withGateway(program.command('logs'))
    .summary('print what functions wrote')
    .description('Print what functions wrote, those too of their instances that have ended.')
    .argument('[names...]', 'functions, or NAME.NAMESPACE (default: all); several: each line behind a name')
    .option('-f, --follow', 'print what comes, until Ctrl-C')
    .option('--tail <lines>', 'only so many of the last lines of each', parseLines)
    .option('--since <time>', 'only lines from a time on: RFC 3339, or how long ago (10m)', parseSince)
    .option('--json', 'print a JSON object a line')
    .action(async (names: string[], flags: Flags) => {
      const { printLogs } = await import('../commands/logs.ts');
      return printLogs(host, names, {
        gateway: gatewayChoice(flags),
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
