import type { Command } from 'commander';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { collectPairs, parsePort } from './values.ts';

interface Flags {
  yaml?: string;
  filter?: string;
  regex?: string;
  port?: number;
  inspect?: number | true;
  env?: Readonly<Record<string, string>>;
  watchdog?: string;
  engine?: true;
  watch: boolean;
  json?: true;
  detach?: true;
  stateDir?: string;
}

export function declareRun(program: Command, host: Host): void {
  const run = async (names: readonly string[], single: boolean, flags: Flags): Promise<void> => {
    const { runFunctions } = await import('../commands/run.ts');
    return runFunctions(host, {
      names,
      single,
      yaml: flags.yaml,
      filter: flags.filter,
      regex: flags.regex,
      port: flags.port,
      inspect: flags.inspect,
      variables: flags.env ?? {},
      watchdog: flags.watchdog,
      onEngine: flags.engine ?? false,
      watch: flags.watch,
      json: flags.json ?? false,
    });
  };
  withOptions(program.command('run'))
    .summary('run a function here, without a container')
    .description('Run a function of stack.yaml under the watchdog, without a container, until Ctrl-C.')
    .argument('[name]', 'function to run (default: the only one there is)')
    .addHelpText('after', DETAILS)
    .action((name: string | undefined, flags: Flags) => run(name === undefined ? [] : [name], true, flags));
  withOptions(program.command('up'))
    .summary('run all functions here, behind a gateway')
    .description(
      'Run the functions of stack.yaml behind a gateway with the API of OpenFaaS, until Ctrl-C: without containers, or in them with --engine.',
    )
    .argument('[names...]', 'functions to run (default: all)')
    .option('--filter <wildcard>', 'only functions whose name matches, such as "*gif*"')
    .option('--regex <regex>', 'only functions whose name matches')
    .option(
      '--engine',
      'run them as containers of docker or podman, from images that are built as "ofkit build" does',
    )
    .option(
      '-d, --detach',
      'return when all are ready, and leave them running; what is saved is not reloaded',
    )
    .option(
      '--state-dir <folder>',
      'with --detach: of the gateway (default: $OFKIT_STATE, else build/.ofkit/state)',
    )
    .addHelpText('after', DETAILS)
    .action((names: string[], flags: Flags) => {
      if (flags.engine) refuseForContainers(flags);
      return flags.detach ? upDetached(host, names, flags) : run(names, false, flags);
    });
}

/** @throws KitError USAGE for what has no meaning in a container */
function refuseForContainers({ inspect, watchdog }: Flags): void {
  if (inspect !== undefined)
    throw new KitError('USAGE', '--inspect is for functions without containers: leave --engine out');
  if (watchdog !== undefined)
    throw new KitError(
      'USAGE',
      'with --engine a function runs under the watchdog of its image: leave --watchdog out',
    );
}

async function upDetached(host: Host, names: readonly string[], flags: Flags): Promise<void> {
  const { upDetached: up } = await import('../commands/up-detached.ts');
  return up(host, {
    names,
    yaml: flags.yaml,
    filter: flags.filter,
    regex: flags.regex,
    port: flags.port,
    inspect: flags.inspect,
    variables: flags.env ?? {},
    watchdog: flags.watchdog,
    onEngine: flags.engine ?? false,
    stateFolder: flags.stateDir,
    json: flags.json ?? false,
  });
}

function withOptions(command: Command): Command {
  return command
    .option('-f, --yaml <file>', 'stack file (default: stack.yaml, else stack.yml)')
    .option(
      '-p, --port <port>',
      'first port (of the gateway with "up"), 0 for any (default: 8080, or the next that is free)',
      parsePort,
    )
    .option(
      '--inspect [port]',
      'debugger port of the first function (default: 9229, or the next that is free)',
      parsePort,
    )
    .option('-e, --env <key=value>', 'environment variable; may stand several times', collectPairs())
    .option(
      '--watchdog <file>',
      'fwatchdog.js to run under (default: $OFKIT_WATCHDOG, else the one beside ofkit)',
    )
    .option('--no-watch', 'do not reload what is saved')
    .option('--json', 'print what happens as a JSON object a line');
}

const DETAILS = `
A function gets its environment and environment_file of stack.yaml, and the secrets it names from .secrets/: what
reads /var/openfaas/secrets/NAME in Node reads .secrets/NAME; others find the folder in $OPENFAAS_SECRETS.`;
