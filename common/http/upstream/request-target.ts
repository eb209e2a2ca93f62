/** The request target at the upstream, and the Host to name there. */
export interface ForwardedTarget {
  readonly path: string;
  /** Set where the request target itself names the host. */
  readonly host: string | undefined;
}

/**
 * Makes the request target for the upstream. An origin-form goes on byte for byte. An absolute-form, which clients send
 * to proxies, becomes an origin-form, and its host replaces the Host header (RFC 9112, section 3.2.2).
 */
export function forwardedTarget(target: string, basePath: string): ForwardedTarget {
  const absolute = /^https?:\/\/([^/?#]+)(.*)$/is.exec(target);
  if (!absolute) return { path: basePath + target, host: undefined };
  const rest = absolute[2] ?? '';
  return { path: `${basePath}${rest.startsWith('/') ? '' : '/'}${rest}`, host: absolute[1] };
}
