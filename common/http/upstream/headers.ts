import { firstValue } from '../field-lines.ts';

/** The largest head of a response, in bytes: as large as that of a request may be. */
export const MOST_RESPONSE_HEAD = 1 << 20;

/** Header fields that belong to one connection and stay on it (RFC 9110, section 7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Fields that frame or route a message, name its call or hold its login. They stay even if a Connection header names
 * them: a client must not have them removed (RFC 9110, section 7.6.1).
 */
const NEVER_DROPPED: ReadonlySet<string> = new Set(['content-length', 'host', 'x-call-id', 'authorization']);

/** A bit for each length of the names above. It is tested first, as that excludes most headers. */
const HOP_BY_HOP_LENGTHS = [...HOP_BY_HOP].reduce((bits, name) => bits | (1 << name.length), 0);

/** @returns whether a name may be one of the above, by its length alone: false for most other names */
function maybeHopByHop({ length }: string): boolean {
  return length < 32 && (HOP_BY_HOP_LENGTHS & (1 << length)) !== 0;
}

/**
 * Node writes this field as UTF-8 if it comes after Content-Length, and then refuses values that are not UTF-8.
 */
const DISPOSITION = 'content-disposition';

/**
 * @param raw names and values alternate
 * @returns the headers of a message for the next hop: all but the hop-by-hop ones and those that Connection names, with
 * unchanged spelling, number and order, except that Content-Disposition comes first
 */
export function endToEndHeaders(raw: readonly string[]): string[] {
  let named: Set<string> | undefined;
  let dispositions: string[] | undefined;
  const kept: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const value = raw[at + 1] ?? '';
    if (maybeHopByHop(name) && HOP_BY_HOP.has(name.toLowerCase())) {
      if (name.length === 10 && name.toLowerCase() === 'connection') named = withNamed(named, value);
      continue;
    }
    if (name.length === DISPOSITION.length && name.toLowerCase() === DISPOSITION)
      (dispositions ??= []).push(name, value);
    else kept.push(name, value);
  }
  const all = dispositions ? [...dispositions, ...kept] : kept;
  return named ? withoutNamed(all, named) : all;
}

/**
 * Adds the names in a Connection header whose fields are dropped. `close` and hop-by-hop names need not be added.
 */
function withNamed(named: Set<string> | undefined, value: string): Set<string> | undefined {
  if (value === 'keep-alive' || value === 'close') return named; // nearly all say no more
  const words = value.toLowerCase().split(',');
  for (const word of words) {
    const name = word.trim();
    if (name === '' || name === 'close' || HOP_BY_HOP.has(name) || NEVER_DROPPED.has(name)) continue;
    named ??= new Set();
    named.add(name);
  }
  return named;
}

function withoutNamed(headers: readonly string[], named: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!named.has(name.toLowerCase())) kept.push(name, headers[at + 1] ?? '');
  }
  return kept;
}

/**
 * @param name in lower case
 * @returns all headers but those of this name: the same list where it has none
 */
export function withoutHeader<List extends readonly string[]>(headers: List, name: string): List | string[] {
  return firstValue(headers, name) === undefined ? headers : withoutNamed(headers, new Set([name]));
}

/** @returns the headers with one of this name, which replaces all others of the same name */
export function replaceHeader(headers: readonly string[], name: string, value: string): string[] {
  return [...withoutHeader(headers, name.toLowerCase()), name, value];
}

/** Fields that must not be trailers, as they frame or route a message (RFC 9110, section 6.5.1). */
const NO_TRAILER: ReadonlySet<string> = new Set(['content-length', 'host', 'trailer']);

/** @returns the trailers of a message for the next hop, as pairs */
export function endToEndTrailers(raw: readonly string[]): [string, string][] {
  return headerPairs(endToEndHeaders(raw)).filter(([name]) => !NO_TRAILER.has(name.toLowerCase()));
}

/** Decodes header fields, which undici returns as bytes. */
export function decodeHeaders(raw: readonly Buffer[]): string[] {
  return raw.map((bytes) => bytes.toString('latin1'));
}

/** @returns alternating names and values as pairs */
export function headerPairs(headers: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) pairs.push([headers[at] ?? '', headers[at + 1] ?? '']);
  return pairs;
}
