/** The request target for the upstream, and the Host header. */
export interface ForwardedTarget {
  readonly path: string;
  /** The host of the request target; undefined where it names none. */
  readonly host: string | undefined;
}

/**
 * Makes the request target for the upstream. An origin-form is passed on byte for byte. An absolute-form, which clients
 * send to proxies, becomes an origin-form, and its host replaces the Host header, without a user and a password before it
 * (RFC 9112, section 3.2.2).
 */
export function forwardedTarget(target: string, basePath: string): ForwardedTarget {
  if (target.startsWith('/')) return { path: basePath + target, host: undefined };
  const absolute = /^https?:\/\/(?:[^/?#]*@)?([^/?#]+)(.*)$/is.exec(target);
  if (!absolute) return { path: basePath + target, host: undefined };
  const rest = absolute[2] ?? '';
  return { path: `${basePath}${rest.startsWith('/') ? '' : '/'}${rest}`, host: absolute[1] };
}
