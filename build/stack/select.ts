import { KitError } from '../errors.ts';
import { isFunctionName, isTemplateName, isUsableName, type FunctionEntry, type Stack } from './functions.ts';

export interface Selection {
  /** The names that the user gives; none for all functions. */
  readonly names: readonly string[];
  /** A name with `*` for any characters. */
  readonly filter?: string | undefined;
  readonly regex?: string | undefined;
}

/**
 * Selects the functions of a stack that a command works on, in the file's order; at least one.
 * @throws KitError USAGE for a filter and a pattern at once, NOT_FOUND where none is selected, INVALID for its name
 */
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
  for (const entry of selected) refuseNames(entry);
  return selected;
}

/** Refuses names that cannot be a part of a path. Only the selected functions have to have such names. */
function refuseNames({ name, lang, place }: FunctionEntry): void {
  if (!isUsableName(name)) {
    throw new KitError(
      'INVALID',
      `${place}: function name "${name}" can only contain a-z, A-Z, 0-9, dash, dot and underscore, 128 at most: rename it`,
    );
  }
  if (lang !== '' && !isTemplateName(lang)) {
    throw new KitError(
      'INVALID',
      `${place}: "${lang}" (lang of ${name}) is no name of a template: see "ofkit new --list"`,
    );
  }
}

/** Is told of a function that is left out, with the reason. */
type Note = (name: string, text: string) => void;

/**
 * Selects functions as `selectFunctions` does, without those that cannot be made here; notes each of them.
 * @returns none where all have skip_build
 * @throws KitError INVALID for a function that the user has named, and where none is left because all lack a template
 */
export function selectToMake(stack: Stack, selection: Selection, note: Note): readonly FunctionEntry[] {
  return leaveOut(stack, selection, note, reasonNotToMake);
}

function leaveOut(
  stack: Stack,
  selection: Selection,
  note: Note,
  reasonOf: (entry: FunctionEntry) => string | undefined,
): readonly FunctionEntry[] {
  const entries = selectFunctions(stack, selection);
  const kept: FunctionEntry[] = [];
  let lacking: KitError | undefined;
  for (const entry of entries) {
    const why = reasonOf(entry);
    if (why === undefined) {
      kept.push(entry);
      continue;
    }
    const error = new KitError('INVALID', `${entry.place}: ${entry.name} ${why}: it is not made here`);
    if (selection.names.includes(entry.name)) throw error;
    if (!entry.skipBuild) lacking ??= error;
    note(entry.name, `${entry.name} ${why}: it is left out (${entry.place})`);
  }
  if (kept.length === 0 && lacking) throw lacking;
  return kept;
}

function reasonNotToMake({ lang, skipBuild }: FunctionEntry): string | undefined {
  if (skipBuild) return 'has skip_build';
  return lang ? undefined : 'has no lang, which names its template';
}

function reasonNotToRun(entry: FunctionEntry): string | undefined {
  const why = reasonNotToMake(entry);
  if (why !== undefined || isFunctionName(entry.name)) return why;
  return 'has a name that no gateway takes, which has a-z, 0-9 and dashes, 63 at most';
}

/**
 * Selects functions as `selectToMake` does, at least one.
 * @param anyName whether those are selected too whose names a gateway does not take
 * @throws KitError NOT_FOUND too, where all have skip_build
 */
export function selectToRun(
  stack: Stack,
  selection: Selection,
  note: Note,
  anyName = false,
): readonly FunctionEntry[] {
  const entries = leaveOut(stack, selection, note, anyName ? reasonNotToMake : reasonNotToRun);
  if (entries.length === 0)
    throw new KitError('NOT_FOUND', `no function of ${stack.file} is made here: all have skip_build`);
  return entries;
}

function patternOf({ filter, regex }: Selection): RegExp | undefined {
  if (filter) {
    const parts = filter.split('*').map((part) => part.replaceAll(/[\\^$.|?*+()[\]{}/]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`);
  }
  if (!regex) return undefined;
  // Go has flags within the expression, and JavaScript behind it.
  const [, flags = '', rest = regex] = /^\(\?([ims]+)\)(.*)$/s.exec(regex) ?? [];
  try {
    return new RegExp(rest, [...new Set(flags)].join(''));
  } catch (error) {
    throw new KitError('USAGE', `--regex ${regex} cannot be read`, { cause: error });
  }
}
