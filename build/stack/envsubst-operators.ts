/** What may follow the name in `${NAME...}`: default, case, part, cut and replace, as in the shell. */
export interface Operator {
  readonly sign: string;
  readonly operands: 0 | 1 | 2;
  readonly apply: (value: string, first: string, second: string) => string;
}

/** A sign that begins like another stands before it. */
export const OPERATORS: readonly Operator[] = [
  ...[':-', ':=', ':?', ':+', '='].map((sign): Operator => ({
    sign,
    operands: 1,
    apply: (value, fallback) => value || fallback,
  })),
  { sign: ':', operands: 2, apply: part },
  { sign: '^^', operands: 0, apply: (value) => value.toUpperCase() },
  { sign: '^', operands: 0, apply: (value) => value.charAt(0).toUpperCase() + value.slice(1) },
  { sign: ',,', operands: 0, apply: (value) => value.toLowerCase() },
  { sign: ',', operands: 0, apply: (value) => value.charAt(0).toLowerCase() + value.slice(1) },
  { sign: '##', operands: 1, apply: (value, pattern) => value.slice(longest(startsOf(value, pattern))) },
  { sign: '#', operands: 1, apply: (value, pattern) => value.slice(shortest(startsOf(value, pattern))) },
  { sign: '%%', operands: 1, apply: (value, pattern) => cutEnd(value, longest(endsOf(value, pattern))) },
  { sign: '%', operands: 1, apply: (value, pattern) => cutEnd(value, shortest(endsOf(value, pattern))) },
  { sign: '//', operands: 2, apply: (value, from, to) => value.replaceAll(from, () => to) },
  {
    sign: '/#',
    operands: 2,
    apply: (value, from, to) => (value.startsWith(from) ? to + value.slice(from.length) : value),
  },
  {
    sign: '/%',
    operands: 2,
    apply: (value, from, to) => (value.endsWith(from) ? cutEnd(value, from.length) + to : value),
  },
  { sign: '/', operands: 2, apply: (value, from, to) => value.replace(from, () => to) },
];

export const readsNothing = (operator: Operator): boolean => operator.operands === 0;
export const readsTwo = (operator: Operator): boolean => operator.operands === 2;

/** `from` and `length` in characters; a negative `from` counts from the end; what is no number changes nothing. */
function part(value: string, from: string, length: string): string {
  if (!/^[-+]?\d+$/.test(from.trim())) return value;
  const start = Number(from) < 0 ? Math.max(0, value.length + Number(from)) : Number(from);
  if (!/^\d+$/.test(length)) return value.slice(start);
  return value.slice(start, start + Number(length));
}

function cutEnd(value: string, length: number): string {
  return value.slice(0, value.length - length);
}

const shortest = (ascending: readonly number[]): number => ascending[0] ?? 0;
const longest = (ascending: readonly number[]): number => ascending.at(-1) ?? 0;

function startsOf(value: string, pattern: string): number[] {
  return lengthsMatching(value, pattern, (length) => value.slice(0, length));
}

function endsOf(value: string, pattern: string): number[] {
  return lengthsMatching(value, pattern, (length) => value.slice(value.length - length));
}

function lengthsMatching(value: string, pattern: string, take: (length: number) => string): number[] {
  const expression = expressionOf(pattern);
  if (!expression) return [];
  const lengths = Array.from({ length: value.length }, (_, index) => index + 1);
  return lengths.filter((length) => expression.test(take(length)));
}

/** A glob of `*`, `?`, `[...]` and `\c` as a regular expression; undefined where it is malformed. */
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
