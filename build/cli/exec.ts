import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { collectPairs, parsePort } from './values.ts';

interface Flags {
  yaml?: string;
  filter?: string;
  regex?: string;
  port?: number;
  env?: Readonly<Record<string, string>>;
  watchdog?: string;
}

/** @param onStatus gets the exit status of the command that was run */
export function declareExec(program: Command, host: Host, onStatus: (status: number) => void): void {
  program
    .command('exec')
    .summary('run a command, such as tests, with all functions running')
    .description(
      'Start the functions of stack.yaml behind a gateway, run a command with OPENFAAS_URL set to it, and end all.',
    )
    .usage('[options] -- <command...>')
    .argument('<command...>', 'the command and its arguments, behind --')
    .option('-f, --yaml <file>', 'stack file (default: stack.yaml, else stack.yml)')
    .option('--filter <wildcard>', 'only functions whose name matches, such as "*gif*"')
    .option('--regex <regex>', 'only functions whose name matches')
    .option('-p, --port <port>', 'port of the gateway (default: any that is free)', parsePort)
    .option(
      '-e, --env <key=value>',
      'environment variable of the functions; may stand several times',
      collectPairs(),
    )
    .option(
      '--watchdog <file>',
      'fwatchdog.js to run under (default: $OFKIT_WATCHDOG, else the one beside ofkit)',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (command: string[], flags: Flags) => {
      const { execWithFunctions } = await import('../commands/exec.ts');
      const status = await execWithFunctions(host, command, {
        names: [],
        yaml: flags.yaml,
        filter: flags.filter,
        regex: flags.regex,
        port: flags.port ?? 0,
        variables: flags.env ?? {},
        watchdog: flags.watchdog,
      });
      onStatus(status);
    });
}

const EXAMPLES = `
The exit status is that of the command; 11 where a function does not start.

Examples:
  ofkit exec -- npm test
  ofkit exec -- sh -c 'curl --fail "$OPENFAAS_URL/function/hello"'`;
