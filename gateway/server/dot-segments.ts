/** A segment that names this folder or the one above, its dots as they are or as %2E. */
const DOTS = /^(?:\.|%2e){1,2}$/i;
const HERE = /^(?:\.|%2e)$/i;

/**
 * A path without its `.` and `..` segments (RFC 3986, section 5.2.4): what it names cannot lie above its root. All else,
 * `//` too, stays as it is.
 * @param target begins with /; its query is left alone
 */
export function withoutDotSegments(target: string): string {
  const end = target.search(/[?#]/);
  const path = end === -1 ? target : target.slice(0, end);
  if (!/\/(?:\.|%2e)/i.test(path)) return target;
  const kept: string[] = [];
  const segments = path.slice(1).split('/');
  for (const [at, segment] of segments.entries()) {
    if (!DOTS.test(segment)) {
      kept.push(segment);
      continue;
    }
    if (!HERE.test(segment)) kept.pop();
    if (at === segments.length - 1) kept.push('');
  }
  return `/${kept.join('/')}${target.slice(path.length)}`;
}
