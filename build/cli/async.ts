import { InvalidArgumentError, Option, type Command } from 'commander';
import { CALL_STATES } from '../gateway-client/calls.ts';
import type { GatewayChoice } from '../gateway-client/running-gateway.ts';
import type { Host } from '../host.ts';
import { gatewayChoice, withGateway, type GatewayFlags } from './values.ts';

interface Flags extends GatewayFlags {
  json?: true;
  function?: string;
  state?: string;
  limit?: number;
  body?: string;
}

/** `async` and `cron`: what the gateway calls later, and by the clock. */
export function declareAsync(program: Command, host: Host): void {
  const group = program
    .command('async')
    .summary('list, cancel and replay asynchronous calls')
    .description('Asynchronous calls of functions, of the gateway that runs here.');
  withGateway(group.command('list'))
    .summary('list calls that wait, run or have ended')
    .description('List asynchronous calls, the newest first.')
    .option('--function <name>', 'only those of a function, or of NAME.NAMESPACE')
    .addOption(new Option('--state <state>', 'only those in a state').choices(CALL_STATES))
    .option('--limit <calls>', 'at most so many (default: 100)', parseLimit)
    .option('--json', 'print JSON')
    .action(async ({ function: name, state, limit, ...flags }: Flags) => {
      const { listQueuedCalls } = await import('../commands/async-calls.ts');
      return listQueuedCalls(host, { function: name, state, limit }, optionsOf(flags));
    });
  withGateway(group.command('show'))
    .summary('tell what has become of a call')
    .description('Tell what has become of an asynchronous call.')
    .argument('<call>', 'its X-Call-Id')
    .option('--json', 'print JSON')
    .action(async (call: string, flags: Flags) => {
      const { showQueuedCall } = await import('../commands/async-calls.ts');
      return showQueuedCall(host, call, optionsOf(flags));
    });
  withGateway(group.command('cancel'))
    .summary('end calls that wait or run')
    .description('End asynchronous calls that wait or run.')
    .argument('<calls...>', 'their X-Call-Id')
    .action(async (calls: string[], flags: Flags) => {
      const { cancelQueuedCalls } = await import('../commands/async-calls.ts');
      return cancelQueuedCalls(host, calls, gatewayChoice(flags));
    });
  withGateway(group.command('replay'))
    .summary('queue dead calls again')
    .description('Queue asynchronous calls again whose tries have all failed.')
    .argument('<calls...>', 'their X-Call-Id')
    .option('--body <text>', 'in the place of the body that they had')
    .action(async (calls: string[], flags: Flags) => {
      const { replayQueuedCalls } = await import('../commands/async-calls.ts');
      return replayQueuedCalls(host, calls, flags.body, gatewayChoice(flags));
    });
  declareCron(program, host);
}

function declareCron(program: Command, host: Host): void {
  const group = program
    .command('cron')
    .summary('list and run functions with a schedule')
    .description('Functions that are called by the clock, of the gateway that runs here.');
  withGateway(group.command('list'))
    .summary('list schedules, with their next and last times')
    .description('List the functions that are called by the clock.')
    .option('--json', 'print JSON')
    .action(async (flags: Flags) => {
      const { listCron } = await import('../commands/cron.ts');
      return listCron(host, optionsOf(flags));
    });
  withGateway(group.command('run'))
    .summary('call a function now, as its schedule would')
    .description('Call a function at once as its schedule would, and print the status that it answers.')
    .argument('<name>', 'function, or NAME.NAMESPACE')
    .option('--json', 'print JSON')
    .action(async (name: string, flags: Flags) => {
      const { runCron } = await import('../commands/cron.ts');
      return runCron(host, name, optionsOf(flags));
    });
}

function optionsOf(flags: Flags): { gateway: GatewayChoice; json: boolean } {
  return { gateway: gatewayChoice(flags), json: flags.json ?? false };
}

function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('It must be a number of calls from 1.');
  return Number(text);
}
