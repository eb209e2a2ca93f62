import { RequestError } from '../../errors.ts';
import type { ExchangeRequest } from '../../../common/http/exchange/message.ts';

/**
 * Variables of a request. Their values are bytes, one for each character (Latin-1), as Node gives the head of a
 * request: an environment can hold every byte but NUL.
 */
type Variables = Record<string, string>;

/**
 * Headers that become no variable. `Proxy` would be Http_Proxy, which programs that ignore the case of names (Python's
 * urllib, Perl's LWP) would use as the proxy of their own requests: a client could choose it ("httpoxy").
 */
const LEFT_OUT: ReadonlySet<string> = new Set(['Host', 'Transfer-Encoding', 'Trailer', 'Proxy']);

/**
 * Makes the variables that of-watchdog gives a process for its request: `Http_<Name>` for each header (the first value
 * of a repeated one), `Http_Method`, `Http_Path` (decoded), `Http_Query` (as it came) and `Http_Transfer_Encoding`. The
 * request's own facts come last, so that no header can pass for them.
 * @param target the request target for the function
 * @throws RequestError REQUEST_INVALID where the path's percent-encoding cannot be read
 */
export function cgiEnvironment(request: ExchangeRequest, target: string): Variables {
  const variables: Variables = {};
  for (const [name, value] of firstValues(request)) {
    if (LEFT_OUT.has(name)) continue;
    variables[`Http_${name.replaceAll('-', '_')}`] = value;
  }
  for (const name of ['Http_Query', 'Http_Path', 'Http_Transfer_Encoding', 'Http_Host'])
    delete variables[name];
  const { path, query } = splitTarget(target);
  variables['Http_Method'] = request.method ?? '';
  if (query !== '') variables['Http_Query'] = sentQuery(request, target) ?? query;
  if (path !== '') variables['Http_Path'] = decodePath(path);
  if (request.headers['transfer-encoding'] !== undefined) variables['Http_Transfer_Encoding'] = 'chunked';
  return variables;
}

/** Adds the variables of the classic watchdog: the length twice (-1 where it is not known), and the host. */
export function classicEnvironment(request: ExchangeRequest, target: string): Variables {
  const { 'content-length': length, 'transfer-encoding': coding, host } = request.headers;
  const contentLength = coding === undefined ? (length ?? '0') : '-1';
  const variables = cgiEnvironment(request, target);
  variables['Http_ContentLength'] = contentLength;
  variables['Http_Content_Length'] = contentLength;
  if (host !== undefined && host !== '') variables['Http_Host'] = host;
  return variables;
}

/** Gives the headers of a request as Go's http.Header holds them: canonical names, all values of each. */
export function canonicalHeaders(request: ExchangeRequest): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  const raw = request.rawHeaders;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = canonicalName(raw[at] ?? '');
    const values = headers.get(name);
    if (values) values.push(raw[at + 1] ?? '');
    else headers.set(name, [raw[at + 1] ?? '']);
  }
  return headers;
}

function firstValues(request: ExchangeRequest): [string, string][] {
  return [...canonicalHeaders(request)].map(([name, values]) => [name, values[0] ?? '']);
}

/** Makes the MIME form of a header's name, as Go's textproto.CanonicalMIMEHeaderKey does: `X-Call-Id`. */
export function canonicalName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}

function splitTarget(target: string): { path: string; query: string } {
  const origin = target.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = origin.indexOf('?');
  if (mark === -1) return { path: origin, query: '' };
  return { path: origin.slice(0, mark), query: origin.slice(mark + 1) };
}

/**
 * Gives the query with the bytes that the client sent, where `url` has them encoded (see `sentTarget` in message.ts).
 */
function sentQuery({ sentTarget, url }: ExchangeRequest, target: string): string | undefined {
  return sentTarget === undefined || target !== url ? undefined : splitTarget(sentTarget).query;
}

/** Decodes a path byte by byte, so that bytes that are not UTF-8 stay as they are too. */
function decodePath(path: string): string {
  if (/%(?![0-9a-f]{2})/i.test(path)) {
    throw new RequestError('REQUEST_INVALID', 'the percent-encoding of the path cannot be read');
  }
  return path.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
