import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { KitError } from '../errors.ts';
import { renderFunction, type NewFunction } from './render.ts';

/**
 * Adds a function to the text of a stack file behind its last one, wherever the `functions` stand; comments, blank
 * lines, quotes and `${NAME}` stay as they are. Where `functions` is empty or in one line, YAML's own editor writes
 * that mapping anew.
 * @param file the file's name, for the error
 */
export function appendFunction(text: string, entry: NewFunction, file: string): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw new KitError(
      'INVALID',
      `${file} is not valid YAML: ${document.errors[0]?.message.split('\n')[0] ?? ''}`,
    );
  }
  const functions = document.get('functions');
  const end = isMap(functions) && !functions.flow ? endOfLastValue(functions) : undefined;
  if (isMap(functions) && end !== undefined) {
    return insertBehind(text, end, renderFunction(entry, indentOf(text, functions)));
  }
  if (!isMap(functions)) document.set('functions', document.createNode({}));
  const plain: Record<string, unknown> = { lang: entry.lang, handler: entry.handler, image: entry.image };
  for (const key of ['requests', 'limits'] as const) {
    const { cpu, memory } = entry[key];
    if (cpu || memory) plain[key] = { ...(cpu && { cpu }), ...(memory && { memory }) };
  }
  document.setIn(['functions', entry.name], plain);
  const edited = document.get('functions');
  if (isMap(edited)) edited.flow = false;
  return document.toString({ lineWidth: 0 });
}

/** The offset at which the last function's last value ends. */
function endOfLastValue(functions: YAMLMap): number | undefined {
  const last = functions.items.at(-1)?.value;
  return typeof last === 'object' && last !== null && 'range' in last && Array.isArray(last.range)
    ? Number(last.range[1])
    : undefined;
}

/** The blanks before the first function's name. */
function indentOf(text: string, functions: YAMLMap): string {
  const key = functions.items[0]?.key;
  const start = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return line.trim() === '' ? line : '  ';
}

function insertBehind(text: string, offset: number, block: string): string {
  // The value's end may lie on its own line or at the start of the next.
  const value = text.slice(0, offset).trimEnd();
  const lineEnd = text.indexOf('\n', value.length);
  const before = lineEnd === -1 ? `${text}\n` : text.slice(0, lineEnd + 1);
  const rest = text.slice(before.length);
  if (rest.trim() === '') return `${before}${rest}${block}\n`;
  const blank = /^(?:[ \t]*\n)+/.exec(rest)?.[0] ?? '';
  return `${before}${blank || '\n'}${block}${blank || '\n'}${rest.slice(blank.length)}`;
}
