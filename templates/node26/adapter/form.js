import querystring from 'node:querystring';

/** How deep brackets may nest, and from which index on a[1000]=x is a key and no place in a list: as in body-parser. */
const DEEPEST = 32;
const LIST_LENGTH = 100;

const INDEX = /^(?:0|[1-9]\d*)$/;
const ESCAPE = /%([0-9a-f]{2})/gi;

/**
 * A field under construction: its value, or the fields in its brackets. The key is a string where the form named it
 * and a number where it is the next of a list.
 *
 * @typedef {string | Map<string | number, FormNode>} FormNode
 */
/** @typedef {string | FormValue[] | { [name: string]: FormValue }} FormValue */

/**
 * Names and values of a query string. A name that comes again has an array of values.
 *
 * @param {string} text without the question mark
 * @returns {Record<string, string | string[] | undefined>}
 */
export function parseQuery(text) {
  const found = querystring.parse(text);
  if ('__proto__' in found) delete found['__proto__'];
  return { ...found };
}

/**
 * The body of a form, application/x-www-form-urlencoded. Brackets in a name nest, as they do in OpenFaaS's Node
 * templates: `user[name]=x` is `{ user: { name: 'x' } }`, `tag[]=a&tag[]=b` is `{ tag: ['a', 'b'] }`.
 *
 * @param {string} text
 * @param {(bytes: Buffer) => string} [decodeBytes] for a charset other than Unicode's: text has a character for each byte
 *   then, and escapes are bytes too
 * @returns {{ [name: string]: FormValue }}
 * @throws {RangeError} brackets nest deeper than 32 levels
 */
export function parseForm(text, decodeBytes) {
  const root = listOf();
  let count = 0;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals), decodeBytes);
    if (name === '') continue;
    insert(root, segments(name), equals === -1 ? '' : decode(pair.slice(equals + 1), decodeBytes));
    count += 1;
  }
  return toObject(root, Math.max(LIST_LENGTH, count));
}

/**
 * @param {string} _escape `%E9`
 * @param {string} hex
 */
function byteOf(_escape, hex) {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

/**
 * @param {string} text
 * @param {((bytes: Buffer) => string) | undefined} decodeBytes
 */
function decode(text, decodeBytes) {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (decodeBytes) return decodeBytes(Buffer.from(spaced.replaceAll(ESCAPE, byteOf), 'latin1'));
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced; // a stray percent sign is kept
  }
}

/**
 * @param {string} name `a[b][]`
 * @returns {string[]} `['a', 'b', '']`
 */
function segments(name) {
  const open = name.indexOf('[');
  if (open === -1 || !name.includes(']', open)) return [name];
  const path = open === 0 ? [] : [name.slice(0, open)];
  for (const match of name.slice(open).matchAll(/\[([^[\]]*)\]/g)) path.push(match[1] ?? '');
  if (path.length > DEEPEST + 1)
    throw new RangeError(`the name of a form field nests deeper than ${DEEPEST} levels`);
  if (path.length === 0) return [name];
  return path.filter((segment, at) => segment !== '' || path[at + 1] !== ''); // a[][] is a[]
}

/**
 * @param {Map<string | number, FormNode>} root
 * @param {string[]} path
 * @param {string} value
 */
function insert(root, path, value) {
  let node = root;
  for (const segment of path.slice(0, -1)) {
    const key = segment === '' ? '0' : segment; // a[][b] is a[0][b]; only at its end do brackets append
    const child = node.get(key);
    const inner = child instanceof Map ? child : listOf(child);
    node.set(key, inner);
    node = inner;
  }
  const last = path.at(-1) ?? '';
  const key = last === '' ? node.size : last;
  const before = node.get(key);
  if (before === undefined) node.set(key, value);
  else if (before instanceof Map) before.set(before.size, value);
  else node.set(key, listOf(before, value));
}

/** @param {(string | undefined)[]} values */
function listOf(...values) {
  /** @type {Map<string | number, FormNode>} */
  const list = new Map();
  for (const value of values) if (value !== undefined) list.set(list.size, value);
  return list;
}

/**
 * @param {Map<string | number, FormNode>} node
 * @param {number} longestList
 * @returns {{ [name: string]: FormValue }}
 */
function toObject(node, longestList) {
  /** @type {{ [name: string]: FormValue }} */
  const object = {};
  for (const [key, child] of node) {
    if (key !== '__proto__') object[key] = typeof child === 'string' ? child : toValue(child, longestList);
  }
  return object;
}

/**
 * @param {Map<string | number, FormNode>} node
 * @param {number} longestList
 * @returns {FormValue}
 */
function toValue(node, longestList) {
  const keys = [...node.keys()];
  const named = keys.filter((key) => typeof key === 'string');
  if (named.some((key) => !INDEX.test(key) || Number(key) >= longestList)) return toObject(node, longestList);
  const inOrder = [
    ...named.sort((a, b) => Number(a) - Number(b)),
    ...keys.filter((key) => typeof key === 'number'),
  ];
  return inOrder.map((key) => {
    const child = node.get(key) ?? '';
    return typeof child === 'string' ? child : toValue(child, longestList);
  });
}
