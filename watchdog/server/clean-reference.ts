import { withoutDotSegments } from '../../common/http/dot-segments.ts';

const SCHEME_AND_HOST = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/**
 * The request target without the dot segments of its path, as a reference within its host: it begins with one slash alone
 * and has no backslash, as `//name` and `/\name` would name another host to a browser.
 * @param decodesSlashes whether the function gets the path decoded, so that `%2f` parts segments too
 * @returns undefined where the path has no dot segment
 */
export function cleanReference(target: string, decodesSlashes: boolean): string | undefined {
  if (!target.includes('.') && !target.includes('%2')) return undefined;
  const origin = target.replace(SCHEME_AND_HOST, '');
  const mark = origin.indexOf('?');
  const path = mark === -1 ? origin : origin.slice(0, mark);
  if (!path.startsWith('/')) return undefined;
  const clean = withoutDotSegments(path, decodesSlashes)?.replace(/^\/+/, '/');
  return clean === undefined ? undefined : encodeOdd(clean + origin.slice(path.length));
}

/** What a client would read otherwise than as a part of the path or the query. */
function encodeOdd(reference: string): string {
  return reference.replaceAll('\\', '%5C').replaceAll('#', '%23');
}
