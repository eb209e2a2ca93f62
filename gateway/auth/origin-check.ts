import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** The rules for web pages. */
export interface OriginRules {
  /** Whether every caller is let in. Then the called name must be one of ours. */
  readonly isOpen: boolean;
  /** More names by which clients may call the gateway. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may call it, as `https://shop.example.com`. */
  readonly allowedOrigins: readonly string[];
}

/** The facts of a request. */
export interface AskedFor {
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  /** `api` for everything behind the login, `page` for the page of a browser, `function` for calls. */
  readonly kind: 'api' | 'page' | 'function';
}

/** Names by which functions call the gateway, here as in a cluster. */
const CLUSTER_NAMES: ReadonlySet<string> = new Set([
  'gateway.openfaas',
  'gateway.openfaas.svc',
  'gateway.openfaas.svc.cluster.local',
]);

/**
 * Keeps web pages of other origins away. A browser sends a login that it knows, and reaches loopback, for any page.
 * Such a request shows its origin in Origin or Sec-Fetch-Site (Fetch, section 3.2; Fetch Metadata). A page whose name
 * was made to lead here (DNS rebinding) shows it in the Host that it calls.
 * @returns why the request is refused, or undefined
 */
export function refusalOfOrigin(asked: AskedFor, rules: OriginRules): string | undefined {
  const { host } = asked.headers;
  if (rules.isOpen && host !== undefined && !isOwnName(hostname(host), rules)) {
    return `the gateway is not called ${JSON.stringify(host.slice(0, 100))}: add the name to allowed_hosts, or set basic_auth=true`;
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

/** Whether a link leads to the page: it shows the page, and gives nothing to the page with the link. */
function isNavigation({ headers, method, kind }: AskedFor): boolean {
  return kind === 'page' && method === 'GET' && headers['sec-fetch-dest'] === 'document';
}

function isOwnOrigin(origin: string, { headers, kind }: AskedFor, rules: OriginRules): boolean {
  if (rules.allowedOrigins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false; // `null`: a page without an origin
  const { host, hostname: name } = new URL(origin);
  if (kind === 'function' && isLoopbackName(name)) return true; // a page that its developer serves on this machine
  const forwarded = headers['x-forwarded-host'];
  return sameHost(host, headers.host) || (!rules.isOpen && sameHost(host, forwarded));
}

/** Gives a host and port without a standard port, which browsers leave out, and a proxy may have left in. */
function sameHost(origin: string, header: string | string[] | undefined): boolean {
  if (typeof header !== 'string') return false;
  return header.toLowerCase().replace(/:(?:80|443)$/, '') === origin.toLowerCase();
}

/** Whether a host is an address, which cannot be rebound: its caller means this machine. */
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

/** Gives the name without its port, in lower case, and without a dot at its end. */
function hostname(host: string): string {
  const name = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host);
  return (name?.[1] ?? name?.[2] ?? '').toLowerCase().replace(/\.$/, '');
}
