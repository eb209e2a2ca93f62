import { Command, CommanderError } from 'commander';
import { KIT_ERRORS, KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { VERSION } from '../release.ts';
import { declareAsync } from './async.ts';
import { plainArguments } from './go-flags.ts';
import { declareBuild } from './build.ts';
import { declareExec } from './exec.ts';
import { wayForFaasCli } from './faas-cli-commands.ts';
import { declareGateway } from './gateway.ts';
import { declareGenerate } from './generate.ts';
import { declareNew } from './new.ts';
import { declareRun } from './run.ts';
import { declareTemplate } from './template.ts';

/**
 * Reads the command line and runs the command. It loads a command's own code only when the command runs, so that
 * the help comes at once.
 * @returns the exit status
 * @throws KitError
 */
export async function runProgram(host: Host, argv: readonly string[]): Promise<number> {
  const program = new Command('ofkit')
    .description(
      'Create, build and run OpenFaaS functions in Node and TypeScript, with or without containers.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.out.stream.write(text),
      writeErr: (text) => host.out.stream.write(text),
      // The entry file prints the error, so commander prints nothing.
      outputError: () => undefined,
      getOutHasColors: () => false,
    })
    .addHelpText('after', () => `\n${exitStatuses()}\n${ENVIRONMENT}\n${EXAMPLES}`);
  let status = 0;
  for (const declare of [declareNew, declareTemplate, declareBuild, declareRun, declareGenerate])
    declare(program, host);
  declareGateway(program, host);
  declareAsync(program, host);
  declareExec(program, host, (ofTheCommand) => (status = ofTheCommand));
  try {
    await program.parseAsync(plainArguments(program, argv), { from: 'user' });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // The user has named a group of commands and no command: commander has printed the group's help.
    if (error.exitCode === 0 || error.code === 'commander.help') return 0;
    const message = error.message
      .replace(/^error: /, '')
      .replace(/\.$/, '')
      .replaceAll(/\s*\n\s*/g, ' ');
    const told = wayForFaasCli(message) ?? `${message}: see "ofkit --help"`;
    throw new KitError('USAGE', told, { cause: error });
  }
}

function exitStatuses(): string {
  const rows = Object.values(KIT_ERRORS).map(({ exit, meaning }) => `  ${String(exit).padEnd(4)} ${meaning}`);
  return ['Exit status:', '  0    done', ...rows].join('\n');
}

const ENVIRONMENT = `
Environment:
  OPENFAAS_TEMPLATE_STORE_URL  store index for "new" and "template store"
  OFKIT_PUBLIC_STORE_URL       index asked after that of ofkit (default: OpenFaaS's public one)
  OPENFAAS_TEMPLATE_URL        repository for "template pull"
  OPENFAAS_PREFIX              prefix of the images of "new"
  OPENFAAS_URL                 gateway for the stack file of "new"
  OFKIT_ENGINE                 container engine for "build" and "up --engine"
  OFKIT_STATE                  state folder of the gateway and of local images (default: build/.ofkit/state)
  OFKIT_GATEWAY                of-gateway.js for "up --detach" and "exec"
  OFKIT_WATCHDOG               fwatchdog.js for "run", "up", "exec" and "template verify"
  OFKIT_DEBUG                  set to anything: print the stack of a fault of ofkit
  NO_COLOR, FORCE_COLOR        turn colour off or on`;

const EXAMPLES = `
Examples:
  ofkit new hello --lang ts-http    create a function
  ofkit run hello                   run it here, without a container
  ofkit build hello                 build its image`;
