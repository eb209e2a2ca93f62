/**
 * Responses of a function as bytes, one in each row, with the response that the client gets. On the same connection
 * the client has sent a request for `/after` behind, which has to be served unless the response was broken off.
 */
export interface ResponseCase {
  readonly name: string;
  /** Of the request; GET. */
  readonly method?: string;
  /** As Latin-1. */
  readonly input: string;
  /** The function ends its side behind it. */
  readonly ends?: true;
  /** The function sends this on the same connection once it has the next request, before it answers that. */
  readonly late?: string;
  /** The final status that the client gets. */
  readonly status: number;
  /** The text in brackets in the bodies that the client gets. */
  readonly bodies?: readonly string[];
  /** The client's connection is closed before the response is whole. */
  readonly isBrokenOff?: true;
  /** The differences with fast_path=false. */
  readonly slowly?: Partial<ResponseCase>;
  /** The bytes that the client gets have to match it. */
  readonly text?: RegExp;
}

const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n[poison]';

function response(line: string, lines: readonly string[], body = ''): string {
  return [`HTTP/1.1 ${line}`, ...lines, '', body].join('\r\n');
}

const SOUND: readonly ResponseCase[] = [
  {
    name: 'a length',
    input: response('200 OK', ['Content-Length: 6'], '[body]'),
    status: 200,
    bodies: ['body'],
  },
  {
    name: 'chunks',
    input: response('200 OK', ['Transfer-Encoding: chunked'], '3\r\n[bo\r\n3;x=y\r\ndy]\r\n0\r\n\r\n'),
    status: 200,
    bodies: ['body'],
  },
  {
    name: 'a body to the end of the connection',
    input: response('200 OK', [], '[body]'),
    ends: true,
    status: 200,
    bodies: ['body'],
  },
];

/** Responses that are whole and unusual. */
const ODD: readonly ResponseCase[] = [
  {
    name: 'chunks of a byte',
    input: response(
      '200 OK',
      ['Transfer-Encoding: chunked'],
      `${[...'[abcdefghijklmnop]'].map((byte) => `1\r\n${byte}\r\n`).join('')}0\r\n\r\n`,
    ),
    status: 200,
    bodies: ['abcdefghijklmnop'],
  },
  {
    name: 'blank lines before it',
    input: `\r\n\r\n${response('200 OK', ['Content-Length: 6'], '[body]')}`,
    status: 200,
    bodies: ['body'],
  },
  {
    name: 'a 304 with the length of what it stands for',
    input: response('304 Not Modified', ['Content-Length: 5000']),
    status: 304,
  },
  {
    name: 'a length that is longer than the body',
    input: response('200 OK', ['Content-Length: 7'], '[body]'),
    ends: true,
    status: 200,
    isBrokenOff: true,
  },
  {
    name: 'a last response with a length that is longer than the body',
    input: response('200 OK', ['Content-Length: 7', 'Connection: close'], '[body]'),
    ends: true,
    status: 200,
    isBrokenOff: true,
  },
];

/** Heads that no body follows, from a function that sends one all the same. */
const BODILESS: readonly ResponseCase[] = [
  { name: 'a HEAD', method: 'HEAD', input: response('200 OK', ['Content-Length: 8']), status: 200 },
  { name: 'a HEAD without a length', method: 'HEAD', input: response('200 OK', []), status: 200 },
  { name: 'a 204', input: response('204 No Content', []), status: 204 },
  { name: 'a 304', input: response('304 Not Modified', ['ETag: "x"']), status: 304 },
  { name: 'a length of 0', input: response('200 OK', ['Content-Length: 0']), status: 200 },
].flatMap((row) => [
  { ...row, name: `${row.name}, and a body at once`, input: row.input + POISON },
  { ...row, name: `${row.name}, and a body later`, late: POISON },
]);

/** Bodies with bytes behind their end, from a function that counts characters as bytes, or sends too much. */
const OVERLONG: readonly ResponseCase[] = [
  { name: 'a length', input: response('200 OK', ['Content-Length: 6'], '[body]') },
  {
    name: 'chunks',
    input: response('200 OK', ['Transfer-Encoding: chunked'], '6\r\n[body]\r\n0\r\n\r\n'),
  },
].flatMap((common) => {
  const row: ResponseCase = { ...common, status: 200, bodies: ['body'] };
  return [
    { ...row, name: `${row.name}, and another response later`, late: POISON },
    { ...row, name: `${row.name}, and other bytes later`, late: '[poison]' },
    { ...row, name: `${row.name}, and another response at once`, input: row.input + POISON },
  ];
});

/** Lines that end by a line feed alone, which undici does not read. */
const LINE_FEEDS: readonly ResponseCase[] = [
  { name: 'a length', input: 'HTTP/1.1 200 OK\nContent-Length: 6\n\n[body]' },
  { name: 'a mixed head', input: 'HTTP/1.1 200 OK\r\nX-One: 1\nContent-Length: 6\n\r\n[body]' },
  { name: 'a blank line of one only', input: 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\n[body]' },
  {
    name: 'a body with a blank line',
    input: 'HTTP/1.0 200 OK\n\n[body]\r\n\r\n[more]\n\n',
    ends: true as const,
  },
].map((row) => ({
  ...row,
  name: `line feeds: ${row.name}`,
  status: 200,
  bodies: row.ends ? ['body', 'more'] : ['body'],
  slowly: { status: 500 },
}));

/** Bytes that are no response, on a connection that stays open. */
const NONSENSE: readonly ResponseCase[] = [
  ['nonsense', 'nonsense'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2p1\r\n'],
  ['another version', 'HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a line feed and a folded line', 'HTTP/1.1 200 OK\nX-One: 1\n 2\nContent-Length: 0\n\n'],
  ['a bare carriage return', 'HTTP/1.1 200 OK\r\nX-One: 1\rX-Two: 2\r\nContent-Length: 0\r\n\r\n'],
].map(([name = '', input = '']) => ({ name, input, status: 500 }));

const TRAILERS: readonly ResponseCase[] = [
  ['no colon', 'X-One'],
  ['a blank before the colon', 'X-One : 1'],
  ['a control byte', 'X-One: \x01'],
].map(([name = '', line = '']) => ({
  name: `trailers with ${name}`,
  input: response('200 OK', ['Transfer-Encoding: chunked'], `6\r\n[body]\r\n0\r\n${line}\r\n\r\n`),
  status: 200,
  isBrokenOff: true as const,
}));

const HINT = response('103 Early Hints', ['Link: </a>; rel=preload']);

const INFORMATION: readonly ResponseCase[] = [
  {
    name: '32 hints',
    input: HINT.repeat(32) + response('200 OK', ['Content-Length: 6'], '[body]'),
    status: 200,
    bodies: ['body'],
  },
  {
    name: '33 hints',
    input: HINT.repeat(33) + response('200 OK', ['Content-Length: 6'], '[body]'),
    status: 500,
  },
];

export const RESPONSE_CASES: readonly ResponseCase[] = [
  ...SOUND,
  ...ODD,
  ...OVERLONG,
  ...BODILESS,
  ...LINE_FEEDS,
  ...NONSENSE,
  ...TRAILERS,
  ...INFORMATION,
];
