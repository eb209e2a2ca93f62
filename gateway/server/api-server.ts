import { formatDuration } from '../../common/duration.ts';
import { Exchange } from '../../common/http/exchange/exchange.ts';
import type { ExchangeRequest, ExchangeResponse } from '../../common/http/exchange/message.ts';
import type { ServedRequest } from '../../common/http/exchange/served-request.ts';
import { HttpError } from '../../common/http/http-error.ts';
import { messageOf } from '../../common/errors.ts';
import type { ApiContext, Call, Handler } from '../api/call.ts';
import { findRoute, type Route } from '../api/routes.ts';
import { refusalOf } from '../auth/login.ts';
import { ANYBODY, type Principal } from '../auth/principal.ts';
import { refusalOfOrigin, type OriginRules } from '../auth/origin-check.ts';
import { GatewayError, requestErrorOf } from '../errors.ts';
import { withoutMapping } from '../invoke/function-call.ts';
import { gatewayManner } from '../invoke/manner.ts';
import { decodeJson } from '../json/decode.ts';
import type { Target } from './target.ts';
import { readBody } from './api-body.ts';
import { sendAnswer } from './send-answer.ts';

export interface ApiServerParts {
  readonly context: ApiContext;
  readonly origins: OriginRules;
  /** How long a request's body may take, in milliseconds. */
  readonly readTimeout: number;
  /** How long an answer may take, unless it is a stream, and how long a client may leave it unread, in milliseconds. */
  readonly writeTimeout: number;
  /** Is called with a line for each error in the gateway itself. */
  readonly logError: (line: string) => void;
}

/** The parts of a request to the gateway itself. */
interface Asked {
  readonly route: Route | undefined;
  readonly subject: string;
  readonly query: string;
}

/** Serves every path that is not a function's. */
export class ApiServer {
  readonly #parts: ApiServerParts;
  /** The abort controllers of the requests under way. */
  readonly #calls = new Set<AbortController>();

  constructor(parts: ApiServerParts) {
    this.#parts = parts;
  }

  /** Ends all requests under way, so that streams, which would go on for ever, do not delay a stop. */
  endStreams(): void {
    for (const call of this.#calls) call.abort();
  }

  /** Begins to serve a request. @returns the request as the server follows it */
  handle(
    request: ExchangeRequest,
    response: ExchangeResponse,
    target: Exclude<Target, { kind: 'function' | 'async' }>,
    expectsContinue: boolean,
  ): ServedRequest {
    const found = target.kind === 'own' ? findRoute(target.path) : undefined;
    const { readTimeout, writeTimeout } = this.#parts;
    const exchange = new Exchange(request, response, {
      manner: gatewayManner,
      readTimeout,
      writeTimeout,
      limitsWaitsAlone: true,
      expectsContinue,
    });
    if (found?.route.isStream !== true)
      exchange.limitTime('api', writeTimeout, () => this.#tooSlow(exchange));
    exchange.onSettled(() => {
      const pattern = found?.route.pattern ?? 'unknown';
      this.#parts.context.metrics.routes.count(
        methodLabel(exchange.method),
        pattern,
        exchange.status,
        exchange.seconds,
      );
    });
    if (target.kind === 'redirect') exchange.respond(301, ['Location', target.location], Buffer.alloc(0));
    else {
      const query = target.kind === 'own' ? target.query : '';
      void this.#serve(exchange, { route: found?.route, subject: found?.subject ?? '', query });
    }
    return exchange;
  }

  /** Serves a request by its handler. An error of the handler ends only this request. */
  async #serve(exchange: Exchange, asked: Asked): Promise<void> {
    try {
      const handler = this.#handlerOf(exchange, asked.route);
      if (!handler || !asked.route) return;
      const { context } = this.#parts;
      const principal = asked.route.access === 'login' ? await this.#principalOf(exchange) : undefined;
      const call = this.#callOf(exchange, asked, principal);
      if (asked.route.access === 'login') {
        if (!principal) return await refuseLogin(exchange, asked.route.onRefused?.(call, context));
        const refusal = refusalOf(principal, exchange.method, exchange.request.headers);
        if (refusal) throw refusal;
      }
      await sendAnswer(exchange, await handler(call, context));
    } catch (thrown) {
      if (!exchange.isOver) exchange.fail(this.#failureOf(exchange, thrown));
    }
  }

  /** Checks route, method and origin, in this order. Answers the request and returns undefined where one is refused. */
  #handlerOf(exchange: Exchange, route: Route | undefined): Handler | undefined {
    const { method, request } = exchange;
    if (!route) {
      exchange.fail(new GatewayError('ROUTE_UNKNOWN', '404 page not found'));
      return undefined;
    }
    const handler = Object.hasOwn(route.methods, method) ? route.methods[method] : undefined;
    if (!handler) {
      const allowed = Object.keys(route.methods).join(', ');
      const text = `${route.pattern} accepts ${allowed}, not ${method}`;
      exchange.fail(new GatewayError('METHOD_NOT_ALLOWED', text), ['Allow', allowed]);
      return undefined;
    }
    if (route.access === 'open') return handler;
    const refusal = refusalOfOrigin(
      { headers: request.headers, method, kind: route.kind },
      this.#parts.origins,
    );
    if (refusal === undefined) return handler;
    exchange.fail(new GatewayError('ORIGIN_REFUSED', refusal));
    return undefined;
  }

  async #principalOf({ request }: Exchange): Promise<Principal | undefined> {
    const { login } = this.#parts.context;
    return login ? login.principalOf(request.headers) : ANYBODY;
  }

  #callOf(exchange: Exchange, { subject, query }: Asked, principal: Principal | undefined): Call {
    const end = new AbortController();
    this.#calls.add(end);
    exchange.onOver(() => {
      this.#calls.delete(end);
      end.abort();
    });
    return {
      subject,
      query: new URLSearchParams(query.replace(/#.*$/s, '')),
      headers: exchange.request.headers,
      remoteAddress: withoutMapping(exchange.request.socket.remoteAddress ?? ''),
      principal,
      signal: end.signal,
      hasBody: exchange.body.isAnnounced,
      readJson: async (shape) => decodeJson(await readBody(exchange), shape),
    };
  }

  #tooSlow({ method, requestTarget }: Exchange): GatewayError {
    const limit = `write_timeout of ${formatDuration(this.#parts.writeTimeout)} passed`;
    const text = `${limit} before ${method} ${requestTarget.slice(0, 200)} was done: it may still be carried out`;
    return new GatewayError('UPSTREAM_TIMEOUT', text);
  }

  #failureOf(exchange: Exchange, thrown: unknown): HttpError {
    if (thrown instanceof HttpError && thrown.code !== 'INTERNAL') return thrown;
    const error = requestErrorOf(thrown);
    this.#parts.logError(
      `${exchange.method} ${exchange.requestTarget.slice(0, 200)} failed: ${messageOf(error)}`,
    );
    return error;
  }
}

/**
 * Answers 401 as OpenFaaS's gateway does, so that its clients understand it.
 * @param instead the route's own answer in place of that
 */
async function refuseLogin(exchange: Exchange, instead: ReturnType<Handler> | undefined): Promise<void> {
  if (instead) return sendAnswer(exchange, await instead);
  const headers = ['Content-Type', 'text/plain; charset=utf-8', 'WWW-Authenticate'];
  // not Basic for the page: the browser would open its own dialog over the page's form
  headers.push(
    exchange.request.headers['x-csrf-token'] === undefined ? 'Basic realm="Restricted"' : 'Session',
  );
  headers.push('X-OpenFaaS-Internal', gatewayManner.component);
  if (exchange.expectsContinue) headers.push('Connection', 'close'); // the body may or may not still come
  exchange.respond(401, headers, Buffer.from('invalid credentials'));
}

const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);

/** @returns the method as a label of metrics. Unknown ones share a label, so that clients cannot create series. */
function methodLabel(method: string): string {
  return KNOWN_METHODS.has(method) ? method : 'other';
}
