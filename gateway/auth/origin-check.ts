import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** The rules for requests from web pages. */
export interface OriginRules {
  /** Whether there is no login. Then the host of a request must be one of the gateway's names. */
  readonly isOpen: boolean;
  /** Further host names of the gateway. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may call the gateway, such as `https://shop.example.com`. */
  readonly allowedOrigins: readonly string[];
}

/** The facts about a request that the check needs. */
export interface AskedFor {
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  /** `api` for everything behind the login, `page` for the page of a browser, `function` for calls. */
  readonly kind: 'api' | 'page' | 'function';
}

/** The host names by which functions call the gateway, as in a cluster. */
const CLUSTER_NAMES: ReadonlySet<string> = new Set([
  'gateway.openfaas',
  'gateway.openfaas.svc',
  'gateway.openfaas.svc.cluster.local',
]);

/**
 * Refuses requests from web pages of other origins, as a browser sends a known login and reaches loopback for any page.
 * Such a request has its origin in Origin or Sec-Fetch-Site (Fetch, section 3.2; Fetch Metadata). A page whose host
 * name resolves to this machine (DNS rebinding) has that name in Host.
 * @returns the reason of the refusal; undefined where the request is allowed
 */
export function refusalOfOrigin(asked: AskedFor, rules: OriginRules): string | undefined {
  const { host } = asked.headers;
  if (rules.isOpen && host !== undefined && !isOwnName(hostname(host), rules)) {
    return `${JSON.stringify(host.slice(0, 100))} is not a name of the gateway: add it to allowed_hosts, or set basic_auth=true`;
  }
  if (asked.kind === 'function' && !rules.isOpen) return undefined;
  const { origin } = asked.headers;
  if (origin !== undefined) {
    return isOwnOrigin(origin, asked, rules)
      ? undefined
      : `a web page of ${JSON.stringify(origin.slice(0, 100))} may not do this: add it to allowed_origins if it is yours`;
  }
  const site = asked.headers['sec-fetch-site'];
  const isForeign = site === 'cross-site' || (site === 'same-site' && asked.kind !== 'function');
  if (!isForeign || isNavigation(asked)) return undefined;
  return 'a web page of another origin may not do this';
}

/** Whether the request follows a link to the page. It only shows the page; the page with the link learns nothing. */
function isNavigation({ headers, method, kind }: AskedFor): boolean {
  return kind === 'page' && method === 'GET' && headers['sec-fetch-dest'] === 'document';
}

function isOwnOrigin(origin: string, { headers, kind }: AskedFor, rules: OriginRules): boolean {
  if (rules.allowedOrigins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false; // `null`: a page without an origin
  const { host, hostname: name } = new URL(origin);
  if (kind === 'function' && isLoopbackName(name)) return true; // a page that a developer serves on this machine
  const forwarded = headers['x-forwarded-host'];
  return sameHost(host, headers.host) || (!rules.isOpen && sameHost(host, forwarded));
}

/** Compares the host of an origin with a header. Standard ports do not count: browsers omit them, proxies may not. */
function sameHost(origin: string, header: string | string[] | undefined): boolean {
  if (typeof header !== 'string') return false;
  return header.toLowerCase().replace(/:(?:80|443)$/, '') === origin.toLowerCase();
}

/** Whether a host is a name of this gateway, or an IP address, which DNS rebinding cannot use. */
function isOwnName(name: string, { allowedHosts }: OriginRules): boolean {
  return isLoopbackName(name) || isIP(name) !== 0 || CLUSTER_NAMES.has(name) || allowedHosts.includes(name);
}

function isLoopbackName(name: string): boolean {
  const bare = name.replace(/^\[|\]$/g, '');
  return (
    bare === 'localhost' ||
    bare.endsWith('.localhost') ||
    bare === '::1' ||
    /^127(?:\.\d{1,3}){3}$/.test(bare)
  );
}

/** @returns the name of a host without its port, in lower case, and without a dot at its end */
function hostname(host: string): string {
  const name = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host);
  return (name?.[1] ?? name?.[2] ?? '').toLowerCase().replace(/\.$/, '');
}
