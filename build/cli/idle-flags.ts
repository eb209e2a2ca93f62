import type { Flag } from './flag.ts';

/** A switch of faas-cli that changes nothing here. Scripts give it, so it is taken, with a note. */
interface IdleFlag extends Flag<boolean | undefined> {
  readonly reason: string;
}

type IdleFlagTable = Readonly<Record<string, IdleFlag>>;

export function idle(flags: string, reason: string): IdleFlag {
  return { flags, help: `of faas-cli, without a meaning here: ${reason}`, fallback: undefined, reason };
}

/**
 * Lists a note for each flag of the table that is given.
 * @param values the command's; commander keeps one for a switch and its `--no-` form
 */
export function idleNotes<F extends IdleFlagTable>(
  table: F,
  values: Readonly<Record<keyof F, boolean | undefined>>,
): string[] {
  return Object.entries(table)
    .filter(([name, { flags }]) => values[name] === !flags.startsWith('--no-'))
    .map(([, { flags, reason }]) => `note: ${flags} means nothing here: ${reason}`);
}
