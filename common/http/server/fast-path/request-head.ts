import type { IncomingHttpHeaders } from 'node:http';
import { DIGITS, readFields } from '../../field-lines.ts';

/** The largest head that the fast path reads, in bytes. */
export const MOST_FAST_HEAD = 16 << 10;

/** The most fields of a head that the fast path reads. */
const MOST_FAST_FIELDS = 1000;

const REQUEST_LINE = /^(DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) (\/[!"$-~]*) HTTP\/1\.1\r\n/;

/**
 * A request with one of these fields is left to Node's parser. They frame it, upgrade it, or ask for an interim answer.
 */
const NOT_FAST: ReadonlySet<string> = new Set([
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface RequestHead {
  readonly method: string;
  readonly target: string;
  /** The headers by their names in lower case. No name occurs twice. */
  readonly headers: IncomingHttpHeaders;
  /** Names and values alternate. */
  readonly rawHeaders: string[];
  /** The length of the body, in bytes. */
  readonly length: number;
  /** Whether the client wants the connection to be closed after the response. */
  readonly isLast: boolean;
}

/**
 * Headers by their names, without any name of Object's. (As a class its objects keep the fast form of properties, which
 * those of Object.create(null) do not have.)
 */
const HeadersByName = function HeadersByName() {
  // an object of this class begins without properties
} as unknown as new () => Record<string, string>;
HeadersByName.prototype = Object.create(null) as object;

/** Names that many requests have. A look-up here takes half the time of the conversion to lower case. */
const COMMON_NAMES: ReadonlyMap<string, string> = new Map(
  [
    'Accept',
    'Accept-Encoding',
    'Accept-Language',
    'Authorization',
    'Cache-Control',
    'Connection',
    'Content-Length',
    'Content-Type',
    'Cookie',
    'Host',
    'Origin',
    'Referer',
    'User-Agent',
    'X-Call-Id',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Start-Time',
  ].flatMap((name) => [
    [name, name.toLowerCase()],
    [name.toLowerCase(), name.toLowerCase()],
  ]),
);

function inLowerCase(name: string): string {
  return COMMON_NAMES.get(name) ?? name.toLowerCase();
}

/**
 * @param text begins with the head, as Latin-1
 * @param end the offset after the line break of its last line, where the empty line begins
 * @returns undefined for a head that the fast path does not read
 */
export function readRequestHead(text: string, end: number): RequestHead | undefined {
  const line = REQUEST_LINE.exec(text);
  if (!line) return undefined;
  const rawHeaders = readFields(text, line[0].length, end);
  if (!rawHeaders || rawHeaders.length > 2 * MOST_FAST_FIELDS) return undefined;
  const headers: Record<string, string> = new HeadersByName();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = inLowerCase(rawHeaders[at] ?? '');
    if (headers[name] !== undefined || NOT_FAST.has(name)) return undefined;
    headers[name] = rawHeaders[at + 1] ?? '';
  }
  const { host, connection, 'content-length': length = '0' } = headers;
  const asked = connection?.toLowerCase();
  const isFast = host !== undefined && host !== '' && DIGITS.test(length);
  if (!isFast || (asked !== undefined && asked !== 'keep-alive' && asked !== 'close')) return undefined;
  return {
    method: line[1] ?? '',
    target: line[2] ?? '',
    headers,
    rawHeaders,
    length: Number(length),
    isLast: asked === 'close',
  };
}
