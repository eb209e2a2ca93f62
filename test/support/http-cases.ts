import fc from 'fast-check';

/** The function's answer, byte by byte, and the places where the bytes are cut. */
export interface Reply {
  readonly bytes: string;
  readonly closes: boolean;
  readonly cuts: readonly number[];
}

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/).map((name) => `X-${name}`);
const value = fc.stringMatching(/^[!-~\xa0-\xff]([ -~\t\xa0-\xff]{0,30}[!-~\xa0-\xff])?$/);
const oddName = fc.constantFrom(
  'Cookie',
  'Accept',
  'Content-Type',
  'X-Call-Id',
  'Via',
  'Trailer',
  'TE',
  'Keep-Alive',
);
const header = fc.tuple(fc.oneof({ weight: 4, arbitrary: token }, oddName), value);
const connection = fc.constantFrom(
  '',
  '',
  'Connection: keep-alive\r\n',
  'connection: Close\r\n',
  'Connection: X-One\r\n',
);
const spaced = fc.constantFrom(': ', ':', ':  ', ':\t');

/** Field lines with odd, lawful spacing. */
const fields = fc
  .array(fc.tuple(header, spaced, fc.constantFrom('', ' ', '\t ')), { maxLength: 6 })
  .map((lines) => lines.map(([[name, text], colon, end]) => `${name}${colon}${text}${end}\r\n`).join(''));

const body = fc.oneof(
  fc.constant(''),
  fc.string({ unit: 'binary-ascii', maxLength: 200 }),
  fc.integer({ min: 9000, max: 200_000 }).map((length) => 'b'.repeat(length)),
);
const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 3 });

function chunked(text: string, sizes: readonly number[], extension: string, trailers: string): string {
  let chunks = '';
  let at = 0;
  for (const size of [...sizes, text.length]) {
    const piece = text.slice(at, at + size);
    if (piece.length > 0) chunks += `${piece.length.toString(16)}${extension}\r\n${piece}\r\n`;
    at += size;
  }
  return `${chunks}0\r\n${trailers}\r\n`;
}

/** A request as its bytes, and the places where they are cut. */
export const request = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'REPORT'),
    path: fc.stringMatching(/^\/[!"$-~]{0,30}$/),
    fields,
    connection,
    body,
    framing: fc.constantFrom('length', 'length', 'chunks', 'none'),
    cuts,
  })
  .map(({ method, path, framing, ...parts }) => {
    const head = `${method} ${path} HTTP/1.1\r\nHost: function\r\n${parts.fields}${parts.connection}`;
    if (framing === 'none') return { bytes: `${head}\r\n`, cuts: parts.cuts };
    if (framing === 'length')
      return { bytes: `${head}Content-Length: ${parts.body.length}\r\n\r\n${parts.body}`, cuts: parts.cuts };
    const bytes = `${head}Transfer-Encoding: chunked\r\n\r\n${chunked(parts.body, parts.cuts, '', '')}`;
    return { bytes, cuts: parts.cuts };
  });

export const reply = fc
  .record({
    status: fc.constantFrom(
      '200 OK',
      '200 Fine, thanks',
      '201 Created',
      '404 Not Found',
      '503 Oh',
      '599 ',
      '304 Not',
    ),
    fields,
    body,
    framing: fc.constantFrom(
      'length',
      'length',
      'chunks',
      'chunks',
      'trailers',
      'end',
      'two lengths',
      'short',
    ),
    hint: fc.constantFrom('', '', '', 'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n'),
    extension: fc.constantFrom('', '', ';a=b', ';x'),
    cuts,
  })
  .map(({ status, framing, ...parts }): Reply => {
    const head = `${parts.hint}HTTP/1.1 ${status}\r\nDate: today\r\n${parts.fields}`;
    const text = status.startsWith('304') ? '' : parts.body;
    const { cuts: at } = parts;
    const length = `Content-Length: ${text.length}\r\n`;
    if (framing === 'end') return { bytes: `${head}\r\n${text}`, closes: true, cuts: at };
    if (framing === 'two lengths')
      return { bytes: `${head}${length}${length}\r\n${text}`, closes: true, cuts: at };
    if (framing === 'short' && text !== '')
      return { bytes: `${head}Content-Length: 999999\r\n\r\n${text}`, closes: true, cuts: at };
    if (framing === 'length' || text === '')
      return { bytes: `${head}${length}\r\n${text}`, closes: false, cuts: at };
    const trailers = framing === 'trailers' ? 'X-After: the end\r\n' : '';
    const chunks = chunked(text, at, parts.extension, trailers);
    return { bytes: `${head}Transfer-Encoding: chunked\r\n\r\n${chunks}`, closes: false, cuts: at };
  });

/** Adds, drops or changes one byte somewhere in the head. */
export const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  removed: fc.constantFrom(0, 0, 1, 2),
  added: fc.constantFrom(
    '',
    '\r',
    '\n',
    '\r\n',
    '\0',
    ' ',
    '\t',
    ':',
    ',',
    '\x80',
    '\x7f',
    '\x0b',
    ' chunked',
    '+',
    '#',
  ),
});

type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;

export function mutated(bytes: string, { at, removed, added }: Mutation): string {
  const place = Math.floor(at * (bytes.indexOf('\r\n\r\n') + 3));
  return bytes.slice(0, place) + added + bytes.slice(place + removed);
}

/** The reply to a HEAD: without the body that its head announces. */
export function toHead(answer: Reply): Reply {
  const head = /^(?:HTTP\/1\.1 103[^]*?\r\n\r\n)?[^]*?\r\n\r\n/.exec(answer.bytes)?.[0] ?? answer.bytes;
  return { ...answer, bytes: head };
}
