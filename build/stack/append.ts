import { isAlias, isMap, isScalar, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { renderFunction, type NewFunction } from './stack-text.ts';
import { firstDocument } from './yaml-file.ts';

/**
 * Adds a function to the text of a stack file behind its last one, even if `functions` is not the last key. Comments,
 * blank lines, quotes and `${NAME}` stay as they are. Where `functions` is missing, in one line (`{}`) or an alias, the
 * YAML library writes that mapping again.
 * @param file the file's name, for the error
 * @throws KitError INVALID where the text is no YAML
 */
export function appendFunction(text: string, entry: NewFunction, file: string): string {
  const windows = text.includes('\r\n');
  const result = appendToLines(text.replaceAll('\r\n', '\n'), entry, file);
  return windows ? result.replaceAll('\n', '\r\n') : result;
}

function appendToLines(whole: string, entry: NewFunction, file: string): string {
  const first = firstDocument(whole, new LineCounter(), file);
  // The first document is the stack. The documents behind it stay as they are.
  const end = first?.range[2] ?? 0;
  const text = /^(?:---|\.\.\.)/m.test(whole.slice(end)) ? whole.slice(0, end) : whole;
  const behind = whole.slice(text.length);
  return `${appendToDocument(text, entry)}${behind}`;
}

function appendToDocument(text: string, entry: NewFunction): string {
  const empty = /^functions:[ \t]*(?:#.*)?\n(?:[ \t]+#.*\n)*/m.exec(`${text}\n`);
  const document = parseDocument(text, { merge: true });
  const functions = document.get('functions');
  if (empty && (functions === null || functions === undefined)) {
    const end = empty.index + empty[0].length;
    const before = `${text}\n`.slice(0, end);
    const rest = text.slice(end);
    return `${before}${renderFunction(entry, '  ')}${rest && !/^\s*\n/.test(rest) ? '\n' : ''}${rest}`;
  }
  const end = isMap(functions) && !functions.flow ? endOfLastValue(functions) : undefined;
  if (isMap(functions) && end !== undefined) {
    return insertBehind(text, end, renderFunction(entry, indentOf(text, functions)));
  }
  // The functions of an alias are merged into the mapping that replaces it.
  if (isAlias(functions)) document.set('functions', document.createNode({ '<<': functions }));
  else if (!isMap(functions)) document.set('functions', document.createNode({}));
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

/** Gives the offset at which the last function's last value ends. */
function endOfLastValue(functions: YAMLMap): number | undefined {
  const last = functions.items.at(-1)?.value;
  return typeof last === 'object' && last !== null && 'range' in last && Array.isArray(last.range)
    ? Number(last.range[1])
    : undefined;
}

/** Gives the blanks before the first function's name. */
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
  const own = lineEnd === -1 ? `${text}\n` : text.slice(0, lineEnd + 1);
  // A comment right below belongs to the function.
  const [comments = ''] = /^(?:[ \t]*#.*(?:\n|$))+/.exec(text.slice(own.length)) ?? [];
  const before = `${own}${comments}`.replace(/(?<!\n)$/, '\n');
  const rest = text.slice(before.length);
  if (rest.trim() === '') return `${before}${rest}${block}\n`;
  const blank = /^(?:[ \t]*\n)+/.exec(rest)?.[0] ?? '';
  return `${before}${blank || '\n'}${block}${blank || '\n'}${rest.slice(blank.length)}`;
}
