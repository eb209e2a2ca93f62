import { Option, type Command } from 'commander';

/** A flag of a command. This row alone declares its help, its parsing and the type of its value. */
export interface Flag<T> {
  /** As the help shows it: `-f, --yaml <file>`. */
  readonly flags: string;
  readonly help: string;
  /** The value where the flag is not given. */
  readonly fallback: T;
  /** The fallback as the help shows it; undefined where the help shows none, or `help` names it already. */
  readonly shownFallback?: string | undefined;
  readonly choices?: readonly string[];
  /** @throws InvalidArgumentError with a text that commander puts behind the flag's name */
  parse?(text: string, earlier: T | undefined): T;
}

/** The flags of a command. A row's key is the name of its value in the command's options. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** The values of a table of flags. */
export type FlagValues<F extends FlagTable> = {
  readonly [Name in keyof F]: F[Name] extends Flag<infer T> ? T : never;
};

/** A flag with a text. */
export function text(flags: string, help: string): Flag<string | undefined> {
  return { flags, help, fallback: undefined };
}

/** A flag with a value that is read from its text. */
export function value<T>(flags: string, help: string, parse: (text: string) => T): Flag<T | undefined> {
  return { flags, help, fallback: undefined, parse };
}

/** A flag with one of a few values. */
export function choice<T extends string>(
  flags: string,
  help: string,
  choices: readonly T[],
): Flag<T | undefined> {
  return { flags, help, fallback: undefined, choices };
}

/** A flag without a value: false unless it is given. */
export function on(flags: string, help: string): Flag<boolean> {
  return { flags, help, fallback: false };
}

/** A flag `--no-...` without a value: true unless it is given. */
export function off(flags: string, help: string): Flag<boolean> {
  return { flags, help, fallback: true };
}

/** The same flag with a fallback for when it is not given. */
export function orElse<T>(flag: Flag<T | undefined>, fallback: T, shownFallback?: string): Flag<T> {
  const { flags, help, choices, parse } = flag;
  return {
    flags,
    help,
    fallback,
    shownFallback,
    ...(choices && { choices }),
    ...(parse && { parse: (given: string) => parse(given, undefined) as T }),
  };
}

/**
 * Gives a command its flags.
 * @returns a function that turns the options which commander hands to the command's action into the table's values
 */
export function withFlags<F extends FlagTable>(command: Command, table: F): (given: object) => FlagValues<F> {
  const rows = Object.entries(table).map(([name, flag]) => ({ name, flag, option: optionOf(flag) }));
  for (const { option } of rows) command.addOption(option);
  return (given) => {
    const found = new Map(Object.entries(given));
    const values = rows.map(({ name, flag, option }) => [
      name,
      found.get(option.attributeName()) ?? flag.fallback,
    ]);
    return Object.fromEntries(values) as FlagValues<F>;
  };
}

function optionOf(flag: Flag<unknown>): Option {
  const option = new Option(flag.flags, flag.help);
  if (flag.choices) option.choices(flag.choices);
  if (flag.parse) option.argParser((given: string, earlier: unknown) => flag.parse?.(given, earlier));
  return flag.shownFallback === undefined ? option : option.default(flag.fallback, flag.shownFallback);
}
