/**
 * Responses of a function as bytes, each a row: what the client gets of it. On the same connection the client has sent a
 * request for `/after` behind, which has to be served unless the response was broken off.
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
  /** What stands in brackets in the bodies that the client gets. */
  readonly bodies?: readonly string[];
  /** The client's connection is closed before the response is whole. */
  readonly isBrokenOff?: true;
  /** What the client gets has to match. */
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

export const RESPONSE_CASES: readonly ResponseCase[] = [...SOUND, ...BODILESS];
