import { KitError } from '../errors.ts';
import type { FunctionEntry, Stack } from './functions.ts';

export interface Selection {
  /** None means all. */
  readonly names: readonly string[];
  /** A name with `*` for any characters. */
  readonly filter?: string | undefined;
  readonly regex?: string | undefined;
}

/** The functions of a stack that a command is to work on, in the file's order. */
export function selectFunctions(stack: Stack, selection: Selection): readonly FunctionEntry[] {
  if (selection.filter && selection.regex) {
    throw new KitError('USAGE', 'pass --regex or --filter, not both');
  }
  for (const name of selection.names) {
    if (!stack.functions.some((entry) => entry.name === name)) {
      const known = stack.functions.map((entry) => entry.name).join(', ') || 'none';
      throw new KitError('NOT_FOUND', `no function ${name} in ${stack.file}: it has ${known}`);
    }
  }
  const expression = patternOf(selection);
  const selected = stack.functions.filter(
    ({ name }) =>
      (selection.names.length === 0 || selection.names.includes(name)) && (expression?.test(name) ?? true),
  );
  if (selected.length === 0) {
    const why = expression ? 'no functions matching --filter/--regex were found' : 'there are no functions';
    throw new KitError('NOT_FOUND', `${why} in ${stack.file}`);
  }
  return selected;
}

function patternOf({ filter, regex }: Selection): RegExp | undefined {
  if (filter) {
    const parts = filter.split('*').map((part) => part.replaceAll(/[\\^$.|?*+()[\]{}/]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`);
  }
  if (!regex) return undefined;
  try {
    return new RegExp(regex);
  } catch (error) {
    throw new KitError('USAGE', `--regex ${regex} cannot be read`, { cause: error });
  }
}
