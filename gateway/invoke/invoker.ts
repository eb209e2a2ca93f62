import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../common/duration.ts';
import { refuseUpgrade } from '../../common/http/upstream/upgrade.ts';
import { Upstream } from '../../common/http/upstream/upstream.ts';
import type { ExchangeRequest, ExchangeResponse } from '../../common/http/exchange/message.ts';
import type { ServedRequest } from '../../common/http/exchange/served-request.ts';
import { HttpError } from '../../common/http/http-error.ts';
import { messageOf } from '../../common/errors.ts';
import { GatewayError } from '../errors.ts';
import { qualifiedName } from '../functions/function-name.ts';
import type { Endpoint, Endpoints, Place } from '../routing/endpoints.ts';
import { callHeaders, givenCallId } from './call-headers.ts';
import { authorityOf, FunctionCall, withoutMapping, type CallContext } from './function-call.ts';
import type { Invocation, InvocationLimits, InvocationObserver } from './invocation.ts';
import { FUNCTION_METHODS, gatewayManner } from './manner.ts';
import { startTime } from './start-time.ts';

export interface InvokerParts {
  readonly endpoints: Endpoints;
  readonly observer: InvocationObserver;
  readonly limits: InvocationLimits;
}

const METHODS: ReadonlySet<string> = new Set(FUNCTION_METHODS);
const ALLOW = FUNCTION_METHODS.join(', ');

/** Relays calls to the instances of functions. */
export class Invoker {
  readonly #parts: InvokerParts;
  readonly #context: CallContext;
  readonly #upstreams = new WeakMap<Endpoint, Upstream>();
  readonly #upgraded = new Set<Socket>();

  constructor(parts: InvokerParts) {
    this.#parts = parts;
    this.#context = { ...parts, upstreamOf: this.#upstreamOf };
  }

  /**
   * Begins to serve one call.
   * @returns the request as the server follows it
   */
  handle(request: ExchangeRequest, response: ExchangeResponse, invocation: Invocation): ServedRequest {
    const call = new FunctionCall(this.#context, request, response, invocation);
    if (METHODS.has(request.method ?? '')) call.start();
    else {
      const text = `functions accept ${ALLOW}, not ${request.method}`;
      call.fail(new GatewayError('METHOD_NOT_ALLOWED', text), ['Allow', ALLOW]);
    }
    return call.served;
  }

  /** Connects an upgraded connection (WebSocket) to a function, until it closes. */
  async upgrade(
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    { name, target }: Pick<Invocation, 'name' | 'target'>,
  ): Promise<void> {
    const { observer } = this.#parts;
    const startedAt = performance.now();
    const label = qualifiedName(name);
    this.#upgraded.add(socket);
    let place: Place | undefined;
    try {
      place = await this.#placeFor(name, socket);
      observer.started(label);
      const { endpoint } = place;
      const upgraded = {
        method: request.method ?? 'GET',
        path: endpoint.basePath + target,
        headers: callHeaders(request.rawHeaders, {
          callId: givenCallId(request.rawHeaders) ?? randomUUID(),
          startTime: startTime(),
          remoteAddress: withoutMapping(socket.remoteAddress ?? ''),
          authority: authorityOf(endpoint),
        }),
        protocol: request.headers.upgrade ?? '',
      };
      const { status } = await this.#upstreamOf(endpoint).upgrade(upgraded, socket, head);
      observer.ended(label, status, (performance.now() - startedAt) / 1000);
    } catch (thrown) {
      const error =
        thrown instanceof HttpError
          ? thrown
          : new GatewayError('INTERNAL', messageOf(thrown), { cause: thrown });
      refuseUpgrade(socket, gatewayManner, error);
    } finally {
      place?.release();
      this.#upgraded.delete(socket);
    }
  }

  /** Closes all upgraded connections. */
  closeUpgrades(): void {
    for (const socket of this.#upgraded) socket.destroy();
  }

  async #placeFor(name: Invocation['name'], socket: Socket): Promise<Place> {
    const { endpoints, limits } = this.#parts;
    const place = endpoints.take(name);
    if (place) return place;
    const waiting = new AbortController();
    const onClose = (): void => waiting.abort(new GatewayError('UPSTREAM_FAILED', 'the caller went away'));
    const timer = setTimeout(
      () =>
        waiting.abort(
          new GatewayError('START_TIMEOUT', `no instance of ${qualifiedName(name)} was ready in time`),
        ),
      timerDelay(limits.upstreamTimeout || Number.POSITIVE_INFINITY),
    );
    socket.once('close', onClose);
    try {
      return await endpoints.wait(name, waiting.signal);
    } finally {
      clearTimeout(timer);
      socket.off('close', onClose);
    }
  }

  readonly #upstreamOf = (endpoint: Endpoint): Upstream => {
    const known = this.#upstreams.get(endpoint);
    if (known) return known;
    const { host, port, basePath } = endpoint;
    const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    const upstream = new Upstream(
      { text: origin, origin, host, port, basePath },
      { fastPath: true, bufferBodies: false, manner: gatewayManner },
    );
    this.#upstreams.set(endpoint, upstream);
    return upstream;
  };
}
