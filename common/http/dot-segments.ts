/** A segment of one or two dots, each as it is or as `%2e`. */
const DOTS = /^(?:\.|%2e){1,2}$/i;

const ENCODED_DOT = /%2e/gi;

/** A segment with what parts it from the one before: a slash, or one that is encoded. */
interface Segment {
  readonly slash: string;
  readonly text: string;
}

/**
 * A path without its `.` and `..` segments (RFC 3986, section 5.2.4), as they are or encoded: what it names cannot lie
 * above its root. All else, `//` too, stays as it is.
 * @param path begins with /, and has no query
 * @param decodesSlashes whether who gets it decodes it, so that `%2f` parts segments too
 * @returns undefined where the path has none
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
