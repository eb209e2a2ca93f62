import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../common/duration.ts';
import { refuseUpgrade } from '../../common/http/upstream/upgrade.ts';
import { Upstream } from '../../common/http/upstream/upstream.ts';
import type { ExchangeRequest, ExchangeResponse } from '../../common/http/exchange/message.ts';
import type { ServedRequest } from '../../common/http/exchange/served-request.ts';
import { GatewayError, requestErrorOf } from '../errors.ts';
import { qualifiedName, type FunctionName } from '../functions/function-name.ts';
import type { Endpoint, Endpoints, Place } from '../routing/endpoints.ts';
import { callHeaders, givenCallId } from './call-headers.ts';
import { authorityOf, FunctionCall, untaken, withoutMapping, type CallContext } from './function-call.ts';
import type { Invocation, InvocationLimits, InvocationObserver } from './invocation.ts';
import { FUNCTION_METHODS, gatewayManner } from './manner.ts';
import { PlaceSearch } from './place-search.ts';
import { startTime } from './start-time.ts';

export interface InvokerParts {
  readonly endpoints: Endpoints;
  readonly observer: InvocationObserver;
  readonly limits: InvocationLimits;
}

const METHODS: ReadonlySet<string> = new Set(FUNCTION_METHODS);
const ALLOW = FUNCTION_METHODS.join(', ');

/**
 * How long a connection to an instance may take, in milliseconds. An instance in a network of its own refuses no
 * connection after its end: then the call goes to another instance.
 */
const CONNECT_TIMEOUT_MS = 1000;

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
      const search = new PlaceSearch(this.#parts.endpoints, name);
      const elsewhere = async (error: Error): Promise<Upstream> => {
        const failed = place;
        place = undefined;
        place = failed && (await this.#withinLimits(name, socket, (signal) => search.after(failed, signal)));
        if (!place) throw gatewayManner.upstreamFailed(`${label}: ${untaken(error)}`, error);
        return this.#upstreamOf(place.endpoint);
      };
      const { status } = await this.#upstreamOf(endpoint).upgrade(upgraded, socket, head, elsewhere);
      observer.ended(label, status, (performance.now() - startedAt) / 1000);
    } catch (thrown) {
      refuseUpgrade(socket, gatewayManner, requestErrorOf(thrown));
    } finally {
      place?.release();
      this.#upgraded.delete(socket);
    }
  }

  /** Closes all upgraded connections. */
  closeUpgrades(): void {
    for (const socket of this.#upgraded) socket.destroy();
  }

  async #placeFor(name: FunctionName, socket: Socket): Promise<Place> {
    const { endpoints } = this.#parts;
    return endpoints.take(name) ?? this.#withinLimits(name, socket, (signal) => endpoints.wait(name, signal));
  }

  /** Waits for something until the caller goes away or the time is over. */
  async #withinLimits<T>(
    name: FunctionName,
    socket: Socket,
    wait: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { limits } = this.#parts;
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
      return await wait(waiting.signal);
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
      { fastPath: true, bufferBodies: false, connectTimeout: CONNECT_TIMEOUT_MS, manner: gatewayManner },
    );
    endpoint.gone?.addEventListener('abort', () => upstream.giveUpConnecting(), { once: true });
    this.#upstreams.set(endpoint, upstream);
    return upstream;
  };
}
