import { Command, Option } from 'commander';
import { settingsAsText } from '../../common/settings/document.ts';
import type { Environment } from '../../common/settings/read.ts';
import { SETTINGS } from '../settings/table.ts';
import { COMMIT, RELEASE } from '../version.ts';

/** The commands. Their flags are settings, by the names of their variables. */
export interface Commands {
  serve(flags: Environment): Promise<void>;
  password(flags: Environment, isReset: boolean): Promise<void>;
  doctor(flags: Environment): Promise<void>;
}

const ABOUT = 'A gateway with the REST API of OpenFaaS, for one machine.';

const SETTINGS_TITLE = `
Settings, each a variable of the environment or a flag with - in place of _ (read_timeout, --read-timeout); a flag wins
over its variable. Times are Go durations (1m30s, 500ms) or whole seconds:`;

/** Makes the command line of of-gateway. */
export function createProgram(commands: Commands): Command {
  const program = new Command('of-gateway')
    .description(ABOUT)
    .version(`${RELEASE} (${COMMIT})`, '--version')
    .helpOption('--help', 'print this')
    .helpCommand(false)
    .enablePositionalOptions()
    .addHelpText('after', `${SETTINGS_TITLE}\n${settingsAsText(Object.values(SETTINGS))}`)
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

const NAMES = Object.values(SETTINGS).map(({ names }) => names[0]);

/** Adds a flag for each setting. They are hidden, as the help lists all settings after the options. */
function withSettings(command: Command): Command {
  for (const name of NAMES) command.addOption(new Option(`${flagOf(name)} <${name}>`).hideHelp());
  return command;
}

/** @returns the flag of a setting: `--read-timeout` for `read_timeout` */
function flagOf(name: string): string {
  return `--${name.replaceAll('_', '-')}`;
}

/** Collects the flags before and after a command's name, by the names of their variables. */
function flagsOf(command: Command): Environment {
  const given = command.optsWithGlobals<Readonly<Record<string, unknown>>>();
  const flags = NAMES.flatMap((name) => {
    const value = given[camelCase(name)];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(flags);
}

/** @returns the name under which commander keeps the value of a flag */
function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
