import { DIGITS, readFields } from '../../field-lines.ts';

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9][0-9][0-9])(?: ([\t\x20-\x7e\x80-\xff]*))?\r\n/;

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** Names and values alternate. */
  readonly rawHeaders: string[];
  /** The bytes of the body, or `chunked`; undefined where the body ends with the connection. */
  readonly length: number | 'chunked' | undefined;
  /** Whether another request may follow on the connection. */
  readonly isPersistent: boolean;
}

/**
 * @param text begins with the head, as Latin-1
 * @param end the offset after the line break of its last line, where the empty line begins
 * @returns undefined for a head that the fast path cannot read
 */
export function readResponseHead(text: string, end: number): ResponseHead | undefined {
  const line = STATUS_LINE.exec(text);
  if (!line) return undefined;
  const rawHeaders = readFields(text, line[0].length, end);
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

/** The lengths of the names in the switch above, as comparing lengths first is faster. */
const FRAMING_LENGTHS: ReadonlySet<number> = new Set([10, 14, 17]);
