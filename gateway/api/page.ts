import { gunzipSync } from 'node:zlib';
import { GatewayError } from '../errors.ts';
import type { Answer } from './answer.ts';
import type { Call } from './call.ts';
import { uiFiles } from './ui-files.ts';

const PAGE = 'index.html';

/** Allows nothing from other hosts, no inline scripts or styles, and no other page with this one in a frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
};

export function redirectToPage(): Answer {
  return { status: 307, headers: { Location: '/ui/' } };
}

/** `GET /ui/`: the page. Its data come from the API. */
export function showPage(call: Call): Answer {
  return fileAnswer(call, PAGE);
}

/** `GET /ui/` without a login: the same page, marked so that it shows the login form at once. */
export function refusePage(_call: Call): Answer {
  const page = gunzipSync(Buffer.from(uiFiles[PAGE]?.gzip ?? '', 'base64')).toString();
  return {
    status: 401,
    headers: { ...HEADERS, 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
    body: page.replace(/<div id="app">.*<!-- end -->/s, '<div id="app" data-login>'),
  };
}

/** `GET /ui/FILE`: the page's scripts and styles. They contain no secrets, and so need no login. */
export function serveFile(call: Call): Answer {
  if (!Object.hasOwn(uiFiles, call.subject)) throw new GatewayError('ROUTE_UNKNOWN', '404 page not found');
  return fileAnswer(call, call.subject);
}

function fileAnswer({ headers, query }: Call, name: string): Answer {
  const file = uiFiles[name];
  if (!file) throw new GatewayError('INTERNAL', 'the page is not in this build: npm run build');
  const etag = `"${file.hash}"`;
  // a file that is requested by its hash never changes
  const isFixed = query.get('v') === file.hash;
  const caching = {
    ETag: etag,
    'Cache-Control': isFixed ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  if (headers['if-none-match'] === etag) return { status: 304, headers: { ...HEADERS, ...caching } };
  const bytes = Buffer.from(file.gzip, 'base64');
  const takesGzip = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
  return {
    status: 200,
    headers: {
      ...HEADERS,
      ...caching,
      'Content-Type': file.type,
      Vary: 'Accept-Encoding',
      ...(takesGzip && { 'Content-Encoding': 'gzip' }),
    },
    body: takesGzip ? bytes : gunzipSync(bytes),
  };
}
