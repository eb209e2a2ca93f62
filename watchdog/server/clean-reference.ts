import { withoutDotSegments } from '../../common/http/dot-segments.ts';
import type { ExchangeRequest } from '../../common/http/exchange/message.ts';
import { RequestError } from '../errors.ts';
import type { Mode } from '../modes/mode.ts';

const SCHEME_AND_HOST = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** @returns the place that a request whose path has dot segments is redirected to; undefined for any other request */
export function withoutDots({ takesPath }: Mode, { url = '' }: ExchangeRequest): string | undefined {
  return takesPath === 'by itself' ? undefined : cleanReference(url, takesPath === 'decoded');
}

/** @param location the place that the client is redirected to */
export function dotsFault(location: string): RequestError {
  return new RequestError('PATH_HAS_DOTS', `the path has dot segments, without them it is ${location}`);
}

/**
 * The request target without the dot segments of its path, as a reference within its host: it begins with one slash alone
 * and has no backslash, as `//name` and `/\name` would name another host to a browser.
 * @param decodesSlashes whether the function gets the path decoded, so that `%2f` divides segments too
 * @returns undefined where the path has no dot segment
 */
function cleanReference(target: string, decodesSlashes: boolean): string | undefined {
  if (!target.includes('.') && !target.includes('%2')) return undefined;
  const origin = target.replace(SCHEME_AND_HOST, '');
  const mark = origin.indexOf('?');
  const path = mark === -1 ? origin : origin.slice(0, mark);
  if (!path.startsWith('/')) return undefined;
  const clean = withoutDotSegments(path, decodesSlashes)?.replace(/^\/+/, '/');
  return clean === undefined ? undefined : encodeOdd(clean + origin.slice(path.length));
}

/** Encodes `\` and `#`, which clients would not take for a part of the path or the query. */
function encodeOdd(reference: string): string {
  return reference.replaceAll('\\', '%5C').replaceAll('#', '%23');
}
