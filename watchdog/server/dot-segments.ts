const SCHEME_AND_HOST = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** A segment of one or two dots, each as it is or as `%2e`. */
const DOTS = /^(?:\.|%2e){1,2}$/i;

const ENCODED_DOT = /%2e/gi;

/** A segment with what parts it from the one before: a slash, or one that is encoded. */
interface Segment {
  readonly slash: string;
  readonly text: string;
}

/**
 * The request target without the dot segments of its path (RFC 3986, section 5.2.4), as a reference within its host:
 * it begins with one slash alone and has no backslash, as `//name` and `/\name` would name another host to a browser.
 * @param decodesSlashes whether the function gets the path decoded, so that `%2f` parts segments too
 * @returns undefined where the path has none
 */
export function withoutDotSegments(target: string, decodesSlashes: boolean): string | undefined {
  if (!target.includes('.') && !target.includes('%2')) return undefined;
  const origin = target.replace(SCHEME_AND_HOST, '');
  const mark = origin.indexOf('?');
  const path = mark === -1 ? origin : origin.slice(0, mark);
  if (!path.startsWith('/')) return undefined;
  const segments = split(path, decodesSlashes);
  if (!segments.some(({ text }) => DOTS.test(text))) return undefined;
  const clean = join(removeDots(segments)).replace(/^\/+/, '/');
  return encodeOdd(clean + (mark === -1 ? '' : origin.slice(mark)));
}

function split(path: string, decodesSlashes: boolean): Segment[] {
  const parts = path.split(decodesSlashes ? /(\/|%2f)/i : /(\/)/);
  const segments: Segment[] = [];
  for (let at = 1; at < parts.length; at += 2)
    segments.push({ slash: parts[at] ?? '/', text: parts[at + 1] ?? '' });
  return segments;
}

function removeDots(segments: readonly Segment[]): Segment[] {
  const kept: Segment[] = [];
  for (const [index, segment] of segments.entries()) {
    const isDots = DOTS.test(segment.text);
    if (!isDots) {
      kept.push(segment);
      continue;
    }
    const isTwo = segment.text.replace(ENCODED_DOT, '.') === '..';
    const slash = (isTwo ? kept.pop()?.slash : undefined) ?? segment.slash;
    if (index === segments.length - 1) kept.push({ slash, text: '' });
  }
  return kept;
}

function join(segments: readonly Segment[]): string {
  const path = segments.map(({ slash, text }) => slash + text).join('');
  return path.startsWith('/') ? path : `/${path.replace(/^%2f/i, '')}`;
}

/** What a client would read otherwise than as a part of the path or the query. */
function encodeOdd(reference: string): string {
  return reference.replaceAll('\\', '%5C').replaceAll('#', '%23');
}
