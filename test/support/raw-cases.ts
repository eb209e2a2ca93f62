/**
 * Requests as bytes, one in each row, with the requests that the function may see and the answers that the client
 * gets. A row whose connection stays open is followed by a request for `/after`, which must be served.
 */
export interface RawCase {
  readonly name: string;
  /** As Latin-1. */
  readonly input: string;
  /** The client ends its side after it. */
  readonly ends?: true;
  /** The request as the function tells it; `decoded` where a process gets the path decoded. */
  readonly seen: readonly string[];
  readonly decoded?: readonly string[];
  /** The final statuses that the client gets. */
  readonly statuses: readonly number[];
  /** Whether the connection is closed afterwards. */
  readonly closes?: true;
  /** For http mode alone. */
  readonly isForHttp?: true;
  /** A pattern for the bytes that the client gets. */
  readonly text?: RegExp;
}

const NEXT = 'GET /next HTTP/1.1\r\nHost: x\r\n\r\n';
const SOCKET =
  'GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

function get(target: string, ...lines: string[]): string {
  return [`GET ${target} HTTP/1.1`, 'Host: x', ...lines, '', ''].join('\r\n');
}

function post(target: string, lines: readonly string[], body: string): string {
  return [`POST ${target} HTTP/1.1`, 'Host: x', ...lines, '', body].join('\r\n');
}

const CHUNKED = 'Transfer-Encoding: chunked';

const SOUND: readonly RawCase[] = [
  { name: 'a request', input: get('/a?b=c'), seen: ['GET /a?b=c'], statuses: [200] },
  { name: 'blank lines before it', input: `\r\n\r\n${get('/a')}`, seen: ['GET /a'], statuses: [200] },
  {
    name: 'three in a row',
    input: get('/1') + get('/2') + get('/3'),
    seen: ['GET /1', 'GET /2', 'GET /3'],
    statuses: [200, 200, 200],
  },
  {
    name: 'a body and a request behind it',
    input: post('/1', ['Content-Length: 4'], 'body') + NEXT,
    seen: ['POST /1 body', 'GET /next'],
    statuses: [200, 200],
  },
  {
    name: 'chunks and a request behind them',
    input: post('/1', [CHUNKED], '2\r\nbo\r\n02;x="y"\r\ndy\r\n0\r\n\r\n') + NEXT,
    seen: ['POST /1 body', 'GET /next'],
    statuses: [200, 200],
  },
  {
    name: 'trailers and a request behind them',
    input: post('/1', [CHUNKED], '4\r\nbody\r\n0\r\nX-After: 1\r\nX-Too: 2\r\n\r\n') + NEXT,
    seen: ['POST /1 body', 'GET /next'],
    statuses: [200, 200],
  },
  {
    name: 'a repeated header and a request behind it',
    input: get('/1', 'X-A: 1', 'X-A: 2') + NEXT,
    seen: ['GET /1', 'GET /next'],
    statuses: [200, 200],
  },
  {
    isForHttp: true,
    name: 'HTTP/1.0 kept alive, and a request behind it',
    input: `GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n${NEXT}`,
    seen: ['GET /1', 'GET /next'],
    statuses: [200, 200],
  },
  {
    name: 'an offer of h2c, and a request behind it',
    input:
      get('/1', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk') + NEXT,
    seen: ['GET /1', 'GET /next'],
    statuses: [200, 200],
  },
];

const LAST: readonly RawCase[] = [
  {
    name: 'bytes behind a last request',
    input: `${get('/1', 'Connection: close')}x`,
    seen: ['GET /1'],
    statuses: [200],
    closes: true,
  },
  {
    name: 'a last request behind another, and a request behind it',
    input: get('/1') + get('/2', 'Connection: close') + NEXT,
    seen: ['GET /1', 'GET /2'],
    statuses: [200, 200],
    closes: true,
  },
  {
    name: 'a last one of HTTP/1.0 behind another, and a byte behind it',
    input: `${get('/1')}GET /2 HTTP/1.0\r\n\r\nx`,
    seen: ['GET /1', 'GET /2'],
    statuses: [200, 200],
    closes: true,
  },
  {
    name: 'a last request with a body behind chunks, and a request behind it',
    input:
      post('/1', [CHUNKED], '1\r\na\r\n0\r\n\r\n') +
      post('/2', ['Connection: close', 'Content-Length: 1'], 'b') +
      NEXT,
    seen: ['POST /1 a', 'POST /2 b'],
    statuses: [200, 200],
    closes: true,
  },
  {
    name: 'nonsense behind a request',
    input: `${get('/1')}nonsense\r\n\r\n`,
    seen: ['GET /1'],
    statuses: [200, 400],
    closes: true,
  },
];

const WITHIN_HEADERS = /the client ended its side of the connection within the request's headers\n$/;

const HALF_CLOSED: readonly RawCase[] = [
  {
    name: 'a request and the end',
    input: get('/1'),
    ends: true,
    seen: ['GET /1'],
    statuses: [200],
    closes: true,
  },
  {
    name: 'a body and the end',
    input: post('/1', ['Content-Length: 4'], 'body'),
    ends: true,
    seen: ['POST /1 body'],
    statuses: [200],
    closes: true,
  },
  {
    name: 'chunks and the end',
    input: post('/1', [CHUNKED], '4\r\nbody\r\n0\r\n\r\n'),
    ends: true,
    seen: ['POST /1 body'],
    statuses: [200],
    closes: true,
  },
  {
    name: 'HTTP/1.0 and the end',
    input: 'GET /1 HTTP/1.0\r\n\r\n',
    ends: true,
    seen: ['GET /1'],
    statuses: [200],
    closes: true,
  },
  {
    name: 'three requests and the end',
    input: get('/1') + get('/2', 'X-A: 1', 'X-A: 2') + get('/3'),
    ends: true,
    seen: ['GET /1', 'GET /2', 'GET /3'],
    statuses: [200, 200, 200],
    closes: true,
  },
  {
    name: 'half a head behind a request, and the end',
    input: `${get('/1')}GET /2 HTT`,
    ends: true,
    seen: ['GET /1'],
    statuses: [200, 400],
    closes: true,
    text: WITHIN_HEADERS,
  },
  ...['GET', 'GET /1 HTTP/1.0\r\n', 'GET /1 HTTP/1.1\r\nHost: x\r\n'].map((input): RawCase => ({
    name: `${JSON.stringify(input)} and the end`,
    input,
    ends: true,
    seen: [],
    statuses: [400],
    closes: true,
    text: WITHIN_HEADERS,
  })),
  ...[
    post('/1', ['Content-Length: 5'], ''),
    post('/1', ['Content-Length: 5'], 'body'),
    post('/1', [CHUNKED], '5\r\nbody'),
    post('/1', [CHUNKED], '4\r\nbody\r\n0\r\n'),
    'POST /1 HTTP/1.0\r\nContent-Length: 5\r\n\r\nbody',
  ].map((input): RawCase => ({
    name: `${JSON.stringify(input)} and the end`,
    input,
    ends: true,
    seen: [],
    statuses: [400],
    closes: true,
    text: /the client ended its side of the connection within the request's body\n$/,
  })),
];

/** Requests that are refused. Nothing behind them goes anywhere. */
const REFUSED: readonly RawCase[] = [
  ['two Hosts', get('/1', 'Host: y'), 400],
  ['no Host', 'GET /1 HTTP/1.1\r\nX-A: 1\r\n\r\n', 400],
  ['gzip, chunked', post('/1', ['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'), 501],
  ['an empty coding before chunked', post('/1', ['Transfer-Encoding: ,chunked'], '0\r\n\r\n'), 501],
  ['chunks in HTTP/1.0', `POST /1 HTTP/1.0\r\nHost: x\r\n${CHUNKED}\r\n\r\n0\r\n\r\n`, 400],
  ['HTTP/1.2', 'GET /1 HTTP/1.2\r\nHost: x\r\n\r\n', 400],
  ['a bare line feed', 'GET /1 HTTP/1.1\nHost: x\r\n\r\n', 400],
  ['a bare line feed as the blank line', 'GET /1 HTTP/1.1\r\nHost: x\r\n\n', 400],
  ['a length and chunks', post('/1', ['Content-Length: 5', CHUNKED], '0\r\n\r\n'), 400],
  ['a control byte in the target', get('/a\x01b'), 400],
  ['a blank in the target', get('/a b'), 400],
  ['3,000 fields', get('/1', ...Array.from({ length: 3000 }, (_none, index) => `A${index}:`)), 431],
].flatMap(([name, input, status]) =>
  [NEXT, SOCKET].map((behind) => ({
    name: `${name}, and ${behind === NEXT ? 'a request' : 'an upgrade'} behind it`,
    input: `${input}${behind}`,
    seen: [],
    statuses: [Number(status)],
    closes: true,
  })),
);

const ODD_BODIES: readonly RawCase[] = [
  {
    name: 'a client of HTTP/2',
    input: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0',
    seen: [],
    statuses: [505],
    closes: true,
    text: /HTTP\/2 is not supported: use HTTP\/1\.1/,
  },
  {
    name: 'a chunk without a size',
    input: post('/1', [CHUNKED], 'x\r\n\r\n') + NEXT,
    seen: [],
    statuses: [400],
    closes: true,
  },
  {
    name: 'a chunk longer than its size',
    input: post('/1', [CHUNKED], '1\r\nabc\r\n0\r\n\r\n') + NEXT,
    seen: [],
    statuses: [400],
    closes: true,
  },
  {
    name: 'chunks by bare line feeds',
    input: post('/1', [CHUNKED], '1\na\n0\n\n') + NEXT,
    seen: [],
    statuses: [400],
    closes: true,
  },
  {
    closes: true,
    name: 'an expectation that is none',
    input: get('/1', 'Expect: nonsense'),
    seen: [],
    statuses: [417],
    text: /Expect: nonsense/,
  },
];

function moved(target: string, location: string, lines: readonly string[] = []): RawCase {
  const escaped = location.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return {
    name: `${target} is ${location}`,
    input: get(target, ...lines),
    seen: [],
    statuses: [307],
    text: new RegExp(`^Location: ${escaped}\r$`, 'm'),
  };
}

const DOTS: readonly RawCase[] = [
  moved('/../handler.js', '/handler.js'),
  moved('/a/./b?q=/../x', '/a/b?q=/../x'),
  moved('/a/../../../b', '/b'),
  moved('/%2e%2E/x', '/x'),
  moved('/a/.%2e/x', '/x'),
  moved('/a/b/..', '/a/'),
  moved('/a/b/%2e', '/a/b/'),
  moved('/..', '/'),
  moved('/a//../b', '/a/b'),
  moved('//evil.example/../x', '/x'),
  moved('/..//evil.example/x', '/evil.example/x'),
  moved('/.//evil.example', '/evil.example'),
  moved('/./\\evil.example', '/%5Cevil.example'),
  moved('http://x/a/../b?c', '/b?c'),
  moved('/../\xe9', '/%E9'),
  moved('/../x', '/x', ['X-A: 1', 'X-A: 2']),
  { ...moved('/../x', '/x'), name: 'dots with a body', input: post('/../x', ['Content-Length: 1'], 'b') },
  {
    ...moved('/../x', '/x'),
    name: 'dots with chunks',
    input: post('/../x', [CHUNKED], '1\r\nb\r\n0\r\n\r\n'),
  },
  {
    ...moved('/../x', '/x'),
    name: 'dots whose client waits to send',
    input: post('/../x', ['Content-Length: 9', 'Expect: 100-continue'], ''),
    closes: true,
  },
  {
    ...moved('/../x', '/x'),
    isForHttp: true,
    name: 'dots of an upgrade',
    input: SOCKET.replace('/socket', '/../x'),
    closes: true,
  },
  {
    name: 'what only looks like dots',
    input: get('//a//...?.=/..') + get('/.a/b./..c') + get('/%2e%2e%2e'),
    seen: ['GET //a//...?.=/..', 'GET /.a/b./..c', 'GET /%2e%2e%2e'],
    decoded: ['GET //a//...?.=/..', 'GET /.a/b./..c', 'GET /...'],
    statuses: [200, 200, 200],
  },
];

const BYTES: readonly RawCase[] = [
  {
    name: 'UTF-8 in the path',
    input: get('/caf\xc3\xa9'),
    seen: ['GET /caf%C3%A9'],
    decoded: ['GET /caf\xc3\xa9'],
    statuses: [200],
  },
  {
    name: 'Latin-1 in the path',
    input: get('/caf\xe9'),
    seen: ['GET /caf%E9'],
    decoded: ['GET /caf\xe9'],
    statuses: [200],
  },
  {
    name: 'UTF-8 in the query',
    input: get('/?q=caf\xc3\xa9&r=%C3%A9'),
    seen: ['GET /?q=caf%C3%A9&r=%C3%A9'],
    decoded: ['GET /?q=caf\xc3\xa9&r=%C3%A9'],
    statuses: [200],
  },
  {
    name: 'UTF-8 behind another request',
    input: get('/1') + get('/\xc3\xa9'),
    seen: ['GET /1', 'GET /%C3%A9'],
    decoded: ['GET /1', 'GET /\xc3\xa9'],
    statuses: [200, 200],
  },
];

export const RAW_CASES: readonly RawCase[] = [
  ...SOUND,
  ...LAST,
  ...HALF_CLOSED,
  ...REFUSED.map((row): RawCase => ({ ...row, closes: true })),
  ...ODD_BODIES,
  ...DOTS,
  ...BYTES,
];
