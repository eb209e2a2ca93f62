/** An operator behind the name in `${NAME...}`: default, case, part, cut or replace, as in the shell. */
export interface Operator {
  readonly sign: string;
  readonly operands: readonly Operand[];
  readonly apply: (value: string, first: string, second: string | undefined) => string;
}

interface Operand {
  /** The characters that end the operand. */
  readonly ends: string;
  /** The sign before the operand. */
  readonly behind?: string;
  /** Whether `$$`, `\\` and `\/` stand for `$`, `\` and `/`. */
  readonly escapes?: boolean;
  /** Whether the operand's text may be missing, or `all` of it with the sign before it. */
  readonly mayLack?: 'text' | 'all';
}

const PATTERN: Operand = { ends: '}' };
const FALLBACK: Operand = { ends: '}', mayLack: 'text' };
const PART: readonly Operand[] = [{ ends: ':}' }, { ends: '}', behind: ':', mayLack: 'all' }];
const REPLACEMENT: readonly Operand[] = [
  { ends: '/', escapes: true },
  { ends: '}', behind: '/', escapes: true, mayLack: 'text' },
];

/**
 * The table of operators. A longer sign stands before the shorter one that it begins with. Two oddities come from
 * drone/envsubst, which faas-cli uses: a pattern for the end is read backwards, so that no `[...]` fits there, and `/#`
 * and `/%` cannot replace by the empty text.
 */
export const OPERATORS: readonly Operator[] = [
  ...[':-', ':=', ':?', ':+', '='].map((sign): Operator => {
    return { sign, operands: [FALLBACK], apply: (value, fallback) => value || fallback };
  }),
  { sign: ':', operands: PART, apply: part },
  { sign: '^^', operands: [], apply: (value) => value.toUpperCase() },
  { sign: '^', operands: [], apply: (value) => value.charAt(0).toUpperCase() + value.slice(1) },
  { sign: ',,', operands: [], apply: (value) => value.toLowerCase() },
  { sign: ',', operands: [], apply: (value) => value.charAt(0).toLowerCase() + value.slice(1) },
  { sign: '##', operands: [PATTERN], apply: (value, pattern) => value.slice(longest(value, pattern)) },
  { sign: '#', operands: [PATTERN], apply: (value, pattern) => value.slice(shortest(value, pattern)) },
  { sign: '%%', operands: [PATTERN], apply: (value, pattern) => cutEnd(value, pattern, longest) },
  { sign: '%', operands: [PATTERN], apply: (value, pattern) => cutEnd(value, pattern, shortest) },
  { sign: '//', operands: REPLACEMENT, apply: (value, from, to = '') => value.replaceAll(from, () => to) },
  { sign: '/#', operands: REPLACEMENT, apply: replaceStart },
  { sign: '/%', operands: REPLACEMENT, apply: replaceEnd },
  { sign: '/', operands: REPLACEMENT, apply: (value, from, to = '') => value.replace(from, () => to) },
];

/** Cuts a part out: `from` and `length` count characters, a negative `from` from the end. Without a number all stays. */
function part(value: string, from: string, length: string | undefined): string {
  if (!/^[-+]?\d+$/.test(from)) return value;
  const start = Number(from) < 0 ? Math.max(0, value.length + Number(from)) : Number(from);
  if (length === undefined) return value.slice(start);
  return /^\d+$/.test(length) ? value.slice(start, start + Number(length)) : value;
}

function replaceStart(value: string, from: string, to: string | undefined): string {
  return to && value.startsWith(from) ? to + value.slice(from.length) : value;
}

function replaceEnd(value: string, from: string, to: string | undefined): string {
  return to && value.endsWith(from) ? value.slice(0, value.length - from.length) + to : value;
}

function cutEnd(value: string, pattern: string, measure: typeof shortest): string {
  return value.slice(0, value.length - measure(reversed(value), reversed(pattern)));
}

function reversed(text: string): string {
  return Array.from(text).reverse().join('');
}

/** Counts the characters of the shortest and of the longest start of a value that fits a pattern. */
function shortest(value: string, pattern: string): number {
  return fittingLengths(value, pattern)[0] ?? 0;
}

function longest(value: string, pattern: string): number {
  return fittingLengths(value, pattern).at(-1) ?? 0;
}

function fittingLengths(value: string, pattern: string): number[] {
  const expression = expressionOf(pattern);
  if (!expression) return [];
  const lengths = Array.from({ length: value.length }, (_, index) => index + 1);
  return lengths.filter((length) => expression.test(value.slice(0, length)));
}

/** Turns a glob of `*`, `?`, `[...]` and `\c` into a regular expression; undefined where it is malformed. */
function expressionOf(pattern: string): RegExp | undefined {
  const source = pattern.replaceAll(
    /\\(.)|\[[^\]]+\]|[*?]|[\^$.|+(){}\]\\/]/gs,
    (token, escaped?: string) => {
      if (escaped !== undefined) return `\\u{${(escaped.codePointAt(0) ?? 0).toString(16)}}`;
      if (token === '*') return '.*';
      if (token === '?') return '.';
      return token.startsWith('[') ? token : `\\${token}`;
    },
  );
  try {
    return new RegExp(`^(?:${source})$`, 'su');
  } catch {
    return undefined;
  }
}
