/** Matches a segment of one or two dots, each written as `.` or `%2e`. */
const DOTS = /^(?:\.|%2e){1,2}$/i;

const ENCODED_DOT = /%2e/gi;

/** A segment of a path, with the slash before it, plain or encoded. */
interface Segment {
  readonly slash: string;
  readonly text: string;
}

/**
 * Removes the `.` and `..` segments of a path, plain or encoded (RFC 3986, section 5.2.4), so that it cannot lead above
 * its root. Everything else stays as it is, `//` too.
 * @param path begins with /, and has no query
 * @param decodesSlashes whether the receiver decodes the path, so that `%2f` separates segments too
 * @returns the new path; undefined where the path has no such segments
 */
export function withoutDotSegments(path: string, decodesSlashes: boolean): string | undefined {
  if (!path.includes('.') && !path.includes('%2')) return undefined;
  const segments = split(path, decodesSlashes);
  if (!segments.some(({ text }) => DOTS.test(text))) return undefined;
  return join(removeDots(segments));
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
