import type { Command, Option } from 'commander';
import { KitError } from '../errors.ts';

const TRUE = /^(?:1|t|true)$/i;
const FALSE = /^(?:0|f|false)$/i;

/**
 * Rewrites flags in the form of Go's programs, which scripts for faas-cli use, to the form that commander knows:
 * `-f=stack.yml`, `-f stack.yml build`, `--squash=false`, `-v=true`, and for a switch with a negation also
 * `--envsubst=false`, `--envsubst` and `--no-envsubst=false`. The last one given counts.
 * @param argv the words behind the program's name
 * @throws KitError USAGE for a value that is neither true nor false
 */
export function plainArguments(program: Command, argv: readonly string[]): string[] {
  return withPlainSwitches(program, behindCommand(program, argv));
}

/** Moves faas-cli's flags for all commands, where they stand before the command, behind its words. */
function behindCommand(program: Command, argv: readonly string[]): string[] {
  let start = 0;
  while (/^(?:-f|--(?:yaml|filter|regex))(?:=|$)/.test(argv[start] ?? ''))
    start += argv[start]?.includes('=') ? 1 : 2;
  if (start === 0) return [...argv];
  let end = start;
  for (let command = subcommand(program, argv[end]); command; command = subcommand(command, argv[end]))
    end += 1;
  return end === start ? [...argv] : [...argv.slice(start, end), ...argv.slice(0, start), ...argv.slice(end)];
}

function subcommand(command: Command, name: string | undefined): Command | undefined {
  return command.commands.find((one) => one.name() === name || one.aliases().some((alias) => alias === name));
}

function withPlainSwitches(program: Command, argv: readonly string[]): string[] {
  let command = program;
  const result: string[] = [];
  let open = true;
  for (const argument of argv) {
    const options: readonly Option[] = command.options;
    const before = optionOf(options, result.at(-1) ?? '');
    if (argument === '--') open = false;
    if (!open || (before?.required && result.length > 0)) {
      result.push(argument);
      continue;
    }
    if (!argument.startsWith('-')) {
      command = subcommand(command, argument) ?? command;
      result.push(argument);
      continue;
    }
    const [flag = '', value] = split(argument);
    const option = optionOf(options, flag);
    const other = flag.startsWith('--no-') ? `--${flag.slice(5)}` : flag.replace(/^--/, '--no-');
    const opposite = optionOf(options, other);
    const known = option ?? opposite;
    if (option?.required && value !== undefined && flag === option.short) {
      // commander would take the sign for a part of the value
      result.push(...(value === '' ? [flag, value] : [`${flag}${value}`]));
      continue;
    }
    if (!known || known.required || known.optional || (option && value === undefined && !opposite)) {
      result.push(argument);
      continue;
    }
    const on = value === undefined || truth(flag, value);
    for (const twin of [flag, other]) removeAll(result, twin);
    // A true flag stands as it is. A false one becomes its opposite, or is left out where the opposite is the default.
    const chosen = on ? flag : other;
    if (optionOf(options, chosen)) result.push(chosen);
  }
  return result;
}

function split(argument: string): [flag: string, value: string | undefined] {
  const mark = argument.indexOf('=');
  return mark === -1 ? [argument, undefined] : [argument.slice(0, mark), argument.slice(mark + 1)];
}

function optionOf(options: readonly Option[], flag: string): Option | undefined {
  return options.find(({ long, short }) => flag !== '' && (flag === long || flag === short));
}

function truth(flag: string, value: string): boolean {
  if (TRUE.test(value)) return true;
  if (FALSE.test(value)) return false;
  throw new KitError('USAGE', `${flag}=${value} is to be true or false: see "ofkit --help"`);
}

function removeAll(list: string[], item: string): void {
  for (let index = list.indexOf(item); index !== -1; index = list.indexOf(item)) list.splice(index, 1);
}
