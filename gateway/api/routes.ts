import { describeCall, giveBody, listCalls, replayCall } from './async-calls.ts';
import { listSchedules, runSchedule } from './schedules.ts';
import {
  deleteFunction,
  deployFunction,
  listIndex,
  describeFunction,
  listFunctions,
  updateFunction,
} from './functions.ts';
import type { Handler } from './call.ts';
import {
  checkHealth,
  describeGateway,
  refuseTelemetry,
  serveDocument,
  showMetrics,
  tellTimeouts,
} from './info.ts';
import { followEvents, tellHistory } from './events.ts';
import { streamLogs } from './logs.ts';
import {
  createNamespace,
  deleteNamespace,
  describeNamespace,
  listNamespaces,
  refuseNameless,
  updateNamespace,
} from './namespaces.ts';
import { beginSession, describeSession, endSession, tellLogins } from './session.ts';
import { beginOidc, completeOidc } from './oidc.ts';
import { redirectToPage, refusePage, serveFile, showPage } from './page.ts';
import { scaleFunction, takeAlert } from './scaling.ts';
import { createSecret, deleteSecret, listSecrets, updateSecret } from './secrets.ts';

/** One path of the gateway itself, with the handlers of its methods. */
export interface Route {
  /** The path as documentation and metrics name it. */
  readonly pattern: string;
  /** Matches the whole path. Its group, if it has one, is the call's subject. */
  readonly path: RegExp;
  /** `login`: only after a login. `guest`: without a login, but not from web pages of other origins. `open`: always. */
  readonly access: 'login' | 'guest' | 'open';
  /** `page` for paths that a browser shows. */
  readonly kind: 'api' | 'page';
  readonly methods: Readonly<Record<string, Handler>>;
  /** Answers without a login, in place of the usual 401. */
  readonly onRefused?: Handler;
  /** Whether an answer has no time limit. */
  readonly isStream?: boolean;
}

const ROUTES: readonly Route[] = [
  route('/system/functions', {
    GET: listFunctions,
    POST: deployFunction,
    PUT: updateFunction,
    DELETE: deleteFunction,
  }),
  route('/system/function/{name}', { GET: describeFunction }),
  route('/system/scale-function/{name}', { POST: scaleFunction }),
  route('/system/index', { GET: listIndex }),
  route('/system/info', { GET: describeGateway }),
  route('/system/secrets', { GET: listSecrets, POST: createSecret, PUT: updateSecret, DELETE: deleteSecret }),
  { ...route('/system/logs', { GET: streamLogs }), isStream: true },
  { ...route('/system/events', { GET: followEvents }), isStream: true },
  route('/system/history/{name}', { GET: tellHistory }),
  route('/system/session', { GET: describeSession }),
  { ...route('/system/login', { GET: tellLogins, POST: beginSession }), access: 'guest' },
  { ...route('/system/login/oidc', { GET: beginOidc }), access: 'open', kind: 'page' },
  { ...route('/system/login/callback', { GET: completeOidc }), access: 'open', kind: 'page' },
  { ...route('/system/logout', { POST: endSession }), access: 'guest' },
  route('/system/timeouts', { GET: tellTimeouts }),
  route('/system/telemetry', { GET: refuseTelemetry }),
  route('/system/namespaces', { GET: listNamespaces }),
  route('/system/namespace/', {
    GET: refuseNameless,
    POST: createNamespace,
    PUT: refuseNameless,
    DELETE: refuseNameless,
  }),
  ...['/system/namespace/{name}', '/system/namespaces/{name}'].map((pattern) =>
    route(pattern, {
      GET: describeNamespace,
      POST: createNamespace,
      PUT: updateNamespace,
      DELETE: deleteNamespace,
    }),
  ),
  route('/system/async', { GET: listCalls }),
  route('/system/async/{name}', { GET: describeCall }),
  route('/system/async/{name}/body', { GET: giveBody }),
  route('/system/async/{name}/replay', { POST: replayCall }),
  route('/system/schedules', { GET: listSchedules }),
  { ...route('/system/schedules/{name}/run', { POST: runSchedule }), isStream: true },
  route('/system/alert', { POST: takeAlert }),
  route('/metrics', { GET: showMetrics }),
  { ...route('/ui/', { GET: showPage, HEAD: showPage }), kind: 'page', onRefused: refusePage },
  { ...route('/ui/{name}', { GET: serveFile, HEAD: serveFile }), access: 'open', kind: 'page' },
  { ...route('/', { GET: redirectToPage, HEAD: redirectToPage }), access: 'open', kind: 'page' },
  { ...route('/healthz', { GET: checkHealth, HEAD: checkHealth }), access: 'open' },
  { ...route('/openapi.yaml', { GET: serveDocument }), access: 'open' },
];

/** @returns the route of a path, and the name in it; undefined where there is none */
export function findRoute(path: string): { route: Route; subject: string } | undefined {
  for (const one of ROUTES) {
    const match = one.path.exec(path);
    if (match) return { route: one, subject: match[1] ?? '' };
  }
  return undefined;
}

function route(pattern: string, methods: Route['methods']): Route {
  const path = new RegExp(`^${pattern.replace('.', String.raw`\.`).replace('{name}', '([-a-zA-Z_0-9.]+)')}$`);
  return { pattern, path, access: 'login', kind: 'api', methods };
}
