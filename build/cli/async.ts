import { InvalidArgumentError, type Command } from 'commander';
import { CALL_STATES } from '../gateway-client/calls.ts';
import type { Host } from '../host.ts';
import { choice, text, value, withFlags } from './flag.ts';
import { GATEWAY, JSON_OUTPUT } from './shared-flags.ts';

export const SHOW = { ...GATEWAY, json: JSON_OUTPUT };

export const LIST = {
  ...GATEWAY,
  function: text('--function <name>', 'only those of a function, or of NAME.NAMESPACE'),
  state: choice('--state <state>', 'only those in a state', CALL_STATES),
  limit: value('--limit <calls>', 'at most so many (default: 100)', parseLimit),
  json: JSON_OUTPUT,
};

export const CANCEL = GATEWAY;

export const REPLAY = {
  ...GATEWAY,
  body: text('--body <text>', 'in the place of the body that they had'),
};

/** Declares `async` and `cron`: the calls that the gateway makes later, and the ones that it makes by the clock. */
export function declareAsync(program: Command, host: Host): void {
  const group = program
    .command('async')
    .summary('list, cancel and replay asynchronous calls')
    .description('Asynchronous calls of functions, of the gateway that runs here.');
  const list = group
    .command('list')
    .summary('list calls that wait, run or have ended')
    .description('List asynchronous calls, the newest first.');
  const listValues = withFlags(list, LIST);
  list.action(async (given: object) => {
    const { listQueuedCalls } = await import('../commands/async-calls.ts');
    const { stateFolder, url, json, ...filter } = listValues(given);
    return listQueuedCalls(host, filter, { stateFolder, url, json });
  });
  const show = group
    .command('show')
    .summary('tell what has become of a call')
    .description('Tell what has become of an asynchronous call.')
    .argument('<call>', 'its X-Call-Id');
  const showValues = withFlags(show, SHOW);
  show.action(async (call: string, given: object) => {
    const { showQueuedCall } = await import('../commands/async-calls.ts');
    return showQueuedCall(host, call, showValues(given));
  });
  const cancel = group
    .command('cancel')
    .summary('end calls that wait or run')
    .description('End asynchronous calls that wait or run.')
    .argument('<calls...>', 'their X-Call-Id');
  const cancelValues = withFlags(cancel, CANCEL);
  cancel.action(async (calls: string[], given: object) => {
    const { cancelQueuedCalls } = await import('../commands/async-calls.ts');
    return cancelQueuedCalls(host, calls, cancelValues(given));
  });
  const replay = group
    .command('replay')
    .summary('queue dead calls again')
    .description('Queue asynchronous calls again whose tries have all failed.')
    .argument('<calls...>', 'their X-Call-Id');
  const replayValues = withFlags(replay, REPLAY);
  replay.action(async (calls: string[], given: object) => {
    const { replayQueuedCalls } = await import('../commands/async-calls.ts');
    const { body, ...gateway } = replayValues(given);
    return replayQueuedCalls(host, calls, body, gateway);
  });
  declareCron(program, host);
}

function declareCron(program: Command, host: Host): void {
  const group = program
    .command('cron')
    .summary('list and run functions with a schedule')
    .description('Functions that are called by the clock, of the gateway that runs here.');
  const list = group
    .command('list')
    .summary('list schedules, with their next and last times')
    .description('List the functions that are called by the clock.');
  const listValues = withFlags(list, SHOW);
  list.action(async (given: object) => {
    const { listCron } = await import('../commands/cron.ts');
    return listCron(host, listValues(given));
  });
  const run = group
    .command('run')
    .summary('call a function now, as its schedule would')
    .description('Call a function at once as its schedule would, and print the status that it answers.')
    .argument('<name>', 'function, or NAME.NAMESPACE');
  const runValues = withFlags(run, SHOW);
  run.action(async (name: string, given: object) => {
    const { runCron } = await import('../commands/cron.ts');
    return runCron(host, name, runValues(given));
  });
}

function parseLimit(given: string): number {
  if (!/^[1-9]\d{0,4}$/.test(given)) throw new InvalidArgumentError('It must be a number of calls from 1.');
  return Number(given);
}
