import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { value, withFlags } from './flag.ts';
import { ENVSUBST, SELECTION, variables, WATCHDOG, YAML } from './shared-flags.ts';
import { parsePort } from './values.ts';

export const EXEC = {
  yaml: YAML,
  ...SELECTION,
  port: value('-p, --port <port>', 'port of the gateway (default: any that is free)', parsePort),
  variables: variables('environment variable of the functions'),
  envsubst: ENVSUBST,
  watchdog: WATCHDOG,
};

/** @param onStatus gets the exit status of the command that was run */
export function declareExec(program: Command, host: Host, onStatus: (status: number) => void): void {
  const exec = program
    .command('exec')
    .summary('run a command, such as tests, with all functions running')
    .description(
      'Start the functions of stack.yaml behind a gateway, run a command with OPENFAAS_URL set to it, and end all.',
    )
    .usage('[options] -- <command...>')
    .argument('<command...>', 'the command and its arguments, behind --')
    .addHelpText('after', EXAMPLES);
  const values = withFlags(exec, EXEC);
  exec.action(async (command: string[], given: object) => {
    const { execWithFunctions } = await import('../commands/exec.ts');
    onStatus(await execWithFunctions(host, command, { ...values(given), names: [] }));
  });
}

const EXAMPLES = `
The exit status is that of the command; 11 where a function does not start.

Examples:
  ofkit exec -- npm test
  ofkit exec -- sh -c 'curl --fail "$OPENFAAS_URL/function/hello"'`;
