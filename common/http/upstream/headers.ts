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
 * Fields that frame or route a message. A Connection header that names them does not remove them (RFC 9110, 7.6.1).
 */
const NEVER_DROPPED: ReadonlySet<string> = new Set(['content-length', 'host', 'x-call-id', 'authorization']);

/** Lengths of the names above. Length alone tells most headers from them. */
const HOP_BY_HOP_LENGTHS: ReadonlySet<number> = new Set([...HOP_BY_HOP].map((name) => name.length));

/**
 * The field that Node reads as UTF-8 if it comes behind Content-Length; then it refuses to send values that are not
 * UTF-8.
 */
const DISPOSITION = 'content-disposition';

/**
 * Gives the headers of a message for the next hop: all but the hop-by-hop ones and those that Connection names, in
 * their spelling, number and order, except that Content-Disposition comes first.
 * @param raw names and values in turn
 */
export function endToEndHeaders(raw: readonly string[]): string[] {
  let named: Set<string> | undefined;
  let dispositions: string[] | undefined;
  const kept: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const value = raw[at + 1] ?? '';
    if (HOP_BY_HOP_LENGTHS.has(name.length) && HOP_BY_HOP.has(name.toLowerCase())) {
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
 * Adds the words of a Connection header that name fields to drop. `close` and `keep-alive` name none that is left.
 */
function withNamed(named: Set<string> | undefined, value: string): Set<string> | undefined {
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

/** Gives the value of the first header of a name, which is in lower case. */
export function firstValue(headers: readonly string[], name: string): string | undefined {
  const at = headers.findIndex((one, index) => index % 2 === 0 && one.toLowerCase() === name);
  return at === -1 ? undefined : headers[at + 1];
}

/** Gives all headers but those of a name, which is in lower case. */
export function withoutHeader(headers: readonly string[], name: string): string[] {
  return withoutNamed(headers, new Set([name]));
}

/** Sets a header, in the place of those of its name. */
export function replaceHeader(headers: readonly string[], name: string, value: string): string[] {
  return [...withoutHeader(headers, name.toLowerCase()), name, value];
}

/** Fields that may not come as trailers: they frame or route a message (RFC 9110, section 6.5.1). */
const NO_TRAILER: ReadonlySet<string> = new Set(['content-length', 'host', 'trailer']);

/** Gives the trailers of a message for the next hop, in pairs. */
export function endToEndTrailers(raw: readonly string[]): [string, string][] {
  return headerPairs(endToEndHeaders(raw)).filter(([name]) => !NO_TRAILER.has(name.toLowerCase()));
}

/** Decodes header fields, which undici gives as bytes. */
export function decodeHeaders(raw: readonly Buffer[]): string[] {
  return raw.map((bytes) => bytes.toString('latin1'));
}

/** Gives names and values in turn as pairs. */
export function headerPairs(headers: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) pairs.push([headers[at] ?? '', headers[at + 1] ?? '']);
  return pairs;
}
