import { Command } from 'commander';
import { settingFlags } from '../settings/document.ts';
import type { Variables } from '../settings/read.ts';
import { COMMIT, RELEASE } from '../version.ts';

/** What the command line asks for, with the flags that set settings, by the names of their variables. */
export interface Commands {
  serve(flags: Variables): Promise<void>;
  password(flags: Variables, isReset: boolean): Promise<void>;
  doctor(flags: Variables): Promise<void>;
}

const ABOUT = `A gateway with the REST API of OpenFaaS, for one machine.

Every setting is also a variable of the environment, with _ in place of -: read_timeout for --read-timeout. A flag
goes before its variable. Times are Go durations (1m30s, 500ms) or whole seconds.`;

/** The command line of of-gateway. */
export function createProgram(commands: Commands): Command {
  const program = new Command('of-gateway')
    .description(ABOUT)
    .version(`${RELEASE} (${COMMIT})`, '--version')
    .helpOption('--help', 'print this')
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride();
  withSettings(program).action(async (_options: unknown, command: Command) =>
    commands.serve(flagsOf(command)),
  );

  const password = program
    .command('password')
    .description('print where the password is; with --reset put a new one in its place')
    .option('--reset', 'make a new password; a gateway that runs takes it within a second');
  withSettings(password).action(async (options: { reset?: boolean }, command: Command) =>
    commands.password(flagsOf(command), options.reset === true),
  );

  const doctor = program.command('doctor').description('look at what the gateway needs of this machine');
  withSettings(doctor).action(async (_options: unknown, command: Command) =>
    commands.doctor(flagsOf(command)),
  );
  return program;
}

function withSettings(command: Command): Command {
  for (const { name, flag, description } of settingFlags()) {
    command.option(`${flag} <${name}>`, description);
  }
  return command;
}

/** Before a command's name and behind it. */
function flagsOf(command: Command): Variables {
  const given = command.optsWithGlobals<Readonly<Record<string, unknown>>>();
  const flags = settingFlags().flatMap(({ name }) => {
    const value = given[camelCase(name)];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(flags);
}

/** As commander names the value of a flag. */
function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
