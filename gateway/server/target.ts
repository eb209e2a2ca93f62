import { posix } from 'node:path';
import { withoutDotSegments } from '../../common/http/dot-segments.ts';

/** The meaning of a request target. */
export type Target =
  | {
      readonly kind: 'function';
      /** `NAME` or `NAME.NAMESPACE`, decoded. */
      readonly name: string;
      /** The target for the function: path and query as they came, without the prefix and without dot segments. */
      readonly target: string;
    }
  | {
      readonly kind: 'async';
      /** `NAME` or `NAME.NAMESPACE`, or the id of a call; decoded. */
      readonly name: string;
      /** The target for the function, as above. */
      readonly target: string;
    }
  | { readonly kind: 'own'; readonly path: string; readonly query: string }
  /** A path that is not in its normal form, to which clients are redirected. */
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'unknown' };

const FUNCTION = /^\/(async-)?function\/([^/?#]+)([^]*)$/;
const FUNCTION_NAME = /^[-a-zA-Z_0-9.]+$/;

/**
 * Decides whether a request calls a function or is for the gateway itself. The path after a function's name is passed
 * on unchanged, but without dot segments, which could lead out of the function. All other paths must be in normal form,
 * without `//` and dot segments.
 * @param requestTarget as it came: a path, or a whole URL (RFC 9112, section 3.2)
 */
export function readTarget(requestTarget: string): Target {
  const target = originForm(requestTarget);
  const call = FUNCTION.exec(target);
  const segment = call?.[2] ?? '';
  if (call && segment !== '.' && segment !== '..') {
    return functionTarget(call[1] === undefined ? 'function' : 'async', segment, call[3] ?? '');
  }
  if (!target.startsWith('/')) return { kind: 'unknown' };
  const path = pathOf(target);
  const query = target.slice(path.length);
  const plain = posix.normalize(path);
  // \ is escaped, as browsers read it as /, and //HOST as another server
  if (plain !== path) return { kind: 'redirect', location: plain.replaceAll('\\', '%5C') + query };
  const decoded = decode(path);
  return decoded === undefined ? { kind: 'unknown' } : { kind: 'own', path: decoded, query };
}

function functionTarget(kind: 'function' | 'async', segment: string, rest: string): Target {
  const name = decode(segment);
  if (name === undefined || !FUNCTION_NAME.test(name)) return { kind: 'unknown' };
  const asked = rest.startsWith('/') ? rest : `/${rest}`;
  const path = pathOf(asked);
  const clean = withoutDotSegments(path, false) ?? path;
  return { kind, name, target: clean + asked.slice(path.length) };
}

/** @returns the part before the query, or before a fragment, which a request target should not have */
function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  return end === -1 ? target : target.slice(0, end);
}

function originForm(requestTarget: string): string {
  const absolute = /^https?:\/\/[^/?#]*(.*)$/is.exec(requestTarget);
  if (!absolute) return requestTarget;
  const rest = absolute[1] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
