const NAME = /[A-Za-z_]\w*/y;

/**
 * The replacement of a variable without a value. docker replaces it by nothing; a line for a shell keeps it, as the shell
 * may have a value of its own.
 */
type Unknown = 'empty' | 'kept';

/**
 * Replaces variables as docker does: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+alternative}`, the forms without
 * a colon, and nested ones. `\$` stays.
 * @param unknown whether a variable without a value becomes nothing, or stays as it is
 */
export function expandVariables(
  text: string,
  values: Readonly<Record<string, string>>,
  unknown: Unknown = 'empty',
): string {
  let result = '';
  for (let at = 0; at < text.length;) {
    const found = text[at] === '$' ? readVariable(text, at, values, unknown) : undefined;
    const length = text[at] === '\\' ? 2 : 1;
    result += found ? found.value : text.slice(at, at + length);
    at = found ? found.end : at + length;
  }
  return result;
}

function readVariable(
  text: string,
  start: number,
  values: Readonly<Record<string, string>>,
  unknown: Unknown,
): { readonly value: string; readonly end: number } | undefined {
  const isBraced = text[start + 1] === '{';
  NAME.lastIndex = start + (isBraced ? 2 : 1);
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return undefined;
  const behind = NAME.lastIndex;
  const value = values[name];
  const whole = (end: number): string => value ?? (unknown === 'empty' ? '' : text.slice(start, end));
  if (!isBraced) return { value: whole(behind), end: behind };
  const close = closingBrace(text, behind);
  if (close === -1) return undefined;
  const [, colon, operator, word = ''] = /^(:?)([-=+?])(.*)$/s.exec(text.slice(behind, close)) ?? [];
  const end = close + 1;
  const isSet = colon ? Boolean(value) : value !== undefined;
  const expanded = (): string => expandVariables(word, values, unknown);
  if (operator === '+') return { value: isSet ? expanded() : '', end };
  if (operator === '-' || operator === '=') return { value: isSet ? whole(end) : expanded(), end };
  return { value: whole(end), end };
}

/** Finds the brace that ends a variable; -1 where there is none. */
function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '$' && text[at + 1] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}
