import type { IncomingHttpHeaders } from 'node:http';

/**
 * Heads of HTTP/1.1 messages of the plain kind, read by hand: a third of the time that a parser takes which has to
 * expect everything. Whatever is not plain (folded lines, bare line feeds, spaces before a colon, repeated fields that
 * frame the message, ...) is none of this file's: it says so, and Node's own parser reads it.
 */

/** Bytes of a head up to which it is plain. */
export const MOST_PLAIN_HEAD = 16 << 10;

/** Fields up to which it is. */
const MOST_PLAIN_FIELDS = 1000;

const REQUEST_LINE = /^(DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) (\/[!"$-~]*) HTTP\/1\.1\r\n/;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9][0-9][0-9])(?: ([\t\x20-\x7e\x80-\xff]*))?\r\n/;

/** Field lines (RFC 9112, section 5), of what Node's parser lets pass. */
const FIELD_LINES = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/;

const DIGITS = /^[0-9]{1,15}$/;

/** Fields that make a request one for Node's parser: they frame it, upgrade it, or wait for an answer to its head. */
const NOT_PLAIN: ReadonlySet<string> = new Set([
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
  /** By name in lower case; no name is there twice. */
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn. */
  readonly rawHeaders: string[];
  /** Bytes of the body. */
  readonly length: number;
  /** The client wants the connection to be closed after the response. */
  readonly isLast: boolean;
}

/**
 * @param text the head, to its last line break (without the empty line), as Latin-1
 * @returns undefined for a head that is not plain
 */
export function readRequestHead(text: string): RequestHead | undefined {
  const line = REQUEST_LINE.exec(text);
  if (!line) return undefined;
  const rawHeaders = readFields(text, line[0].length);
  if (!rawHeaders || rawHeaders.length > 2 * MOST_PLAIN_FIELDS) return undefined;
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    if (headers[name] !== undefined || NOT_PLAIN.has(name)) return undefined;
    headers[name] = rawHeaders[at + 1] ?? '';
  }
  const { host, connection, 'content-length': length = '0' } = headers;
  const asked = connection?.toLowerCase();
  const isPlain = host !== undefined && host !== '' && DIGITS.test(length);
  if (!isPlain || (asked !== undefined && asked !== 'keep-alive' && asked !== 'close')) return undefined;
  return {
    method: line[1] ?? '',
    target: line[2] ?? '',
    headers,
    rawHeaders,
    length: Number(length),
    isLast: asked === 'close',
  };
}

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** Names and values in turn. */
  readonly rawHeaders: string[];
  /** Bytes of the body; `chunked`, or undefined where the body ends with the connection. */
  readonly length: number | 'chunked' | undefined;
  /** Whether another request may follow on the connection. */
  readonly isPersistent: boolean;
}

/**
 * @param text the head, to its last line break (without the empty line), as Latin-1
 * @returns undefined for a head that is not plain
 */
export function readResponseHead(text: string): ResponseHead | undefined {
  const line = STATUS_LINE.exec(text);
  if (!line) return undefined;
  const rawHeaders = readFields(text, line[0].length);
  if (!rawHeaders) return undefined;
  let length: number | 'chunked' | undefined;
  let isPersistent = line[1] === '1';
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!FRAMING_LENGTHS.has(name.length)) continue;
    const value = rawHeaders[at + 1] ?? '';
    switch (name.toLowerCase()) {
      case 'content-length':
        if (length !== undefined || !DIGITS.test(value)) return undefined;
        length = Number(value);
        break;
      case 'transfer-encoding':
        if (length !== undefined || value.toLowerCase() !== 'chunked' || line[1] === '0') return undefined;
        length = 'chunked';
        break;
      case 'connection':
        isPersistent = isPersistent && !/\bclose\b/i.test(value);
        break;
      default:
    }
  }
  return { status: Number(line[2]), reason: line[3] ?? '', rawHeaders, length, isPersistent };
}

/** Lengths of the names that are looked at. */
const FRAMING_LENGTHS: ReadonlySet<number> = new Set([10, 14, 17]);

/** @returns names and values in turn, or undefined where a line is not plain */
export function readFields(text: string, start: number): string[] | undefined {
  const block = start === 0 ? text : text.slice(start);
  if (!FIELD_LINES.test(block)) return undefined;
  const fields: string[] = [];
  for (let at = 0; at < block.length;) {
    const colon = block.indexOf(':', at);
    const end = block.indexOf('\r\n', colon);
    fields.push(block.slice(at, colon), trimmed(block, colon + 1, end));
    at = end + 2;
  }
  return fields;
}

/** A value without the spaces and tabs around it. */
function trimmed(block: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(block.charCodeAt(start))) start += 1;
  while (end > start && isBlank(block.charCodeAt(end - 1))) end -= 1;
  return block.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
