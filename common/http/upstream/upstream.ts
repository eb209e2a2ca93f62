import type { Socket } from 'node:net';
import type { Exchange } from '../exchange/exchange.ts';
import { firstValue } from '../field-lines.ts';
import type { Manner } from '../manner.ts';
import { Connecting, type Elsewhere } from './connecting.ts';
import { forwardFast } from './fast-path/forward-fast.ts';
import { FastPool } from './fast-path/fast-pool.ts';
import type { ForwardedRequest } from './slow-path/forward-by-undici.ts';
import { ForwardedBody } from './slow-path/forwarded-body.ts';
import { withoutHeader } from './headers.ts';
import type { SlowPath } from './slow-path/slow-path.ts';
import { isStepwise } from './stepwise.ts';
import { UpgradeProxy, type UpgradeHead, type UpgradeOutcome } from './upgrade.ts';
import type { UpstreamAddress } from './upstream-address.ts';

/** The head of a request for the upstream. */
export interface UpstreamHead {
  readonly method: string;
  /** The request target. */
  readonly path: string;
  /** End-to-end headers: names and values alternate. */
  readonly headers: string[];
}

export interface UpstreamOptions {
  /** Whether requests may take the fast path. */
  readonly fastPath: boolean;
  /** Whether bodies are read completely before they are sent to the upstream. */
  readonly bufferBodies: boolean;
  /** Milliseconds in which the upstream has to take a connection. */
  readonly connectTimeout: number;
  readonly manner: Manner;
}

/**
 * One server to which requests are forwarded. It chooses the fast or the slow path for each request.
 */
export class Upstream {
  readonly address: UpstreamAddress;
  readonly #bufferBodies: boolean;
  readonly #connecting: Connecting;
  readonly #upgrades: UpgradeProxy;
  /** The fast path's connections; undefined without a fast path, or with TLS. */
  readonly #pool: FastPool | undefined;
  #slowPath: Promise<SlowPath> | undefined;

  constructor(address: UpstreamAddress, { fastPath, bufferBodies, connectTimeout, manner }: UpstreamOptions) {
    this.address = address;
    this.#bufferBodies = bufferBodies;
    this.#connecting = new Connecting(address, connectTimeout);
    this.#upgrades = new UpgradeProxy(address, this.#connecting, manner);
    this.#pool = fastPath && address.origin.startsWith('http:') ? new FastPool(this.#connecting) : undefined;
  }

  /**
   * Forwards a request, and relays the response to its end.
   * @param elsewhere finds another upstream if this one takes no connection
   */
  forward(exchange: Exchange, request: UpstreamHead, elsewhere?: Elsewhere<Upstream>): void {
    const { body } = exchange;
    // a request in HTTP/1.0 may come without, and a Host may have been added since
    if (exchange.request.headers.host === undefined && firstValue(request.headers, 'host') === undefined)
      request = { ...request, headers: [...request.headers, 'Host', new URL(this.address.origin).host] };
    // if the body is read first, Expect is answered here; in HTTP/1.0 it means nothing (RFC 9110, section 10.1.1)
    const isReadFirst = this.#bufferBodies && body.isAnnounced && request.path.startsWith('/');
    const expects = firstValue(request.headers, 'expect') !== undefined;
    const head =
      expects && (isReadFirst || !exchange.expectsContinue)
        ? { ...request, headers: withoutHeader(request.headers, 'expect') }
        : request;
    if (isReadFirst) {
      void body
        .readWhole()
        .then((whole) => this.#send(exchange, { ...head, body: ForwardedBody.of(body, whole) }));
    } else if (isStepwise(exchange, request.path)) {
      this.#sendStepwise(exchange, { ...head, body: undefined }, elsewhere);
    } else if (this.#pool) {
      this.#sendFast(exchange, head, this.#pool, elsewhere);
    } else if (!body.isAnnounced) {
      this.#send(exchange, { ...head, body: undefined });
    } else {
      // bytes that came together with the head are available a tick later
      process.nextTick(() => {
        // undici would send no head before the first byte of the body
        if (body.hasArrived) this.#send(exchange, { ...head, body: new ForwardedBody(body) });
        else this.#sendStepwise(exchange, { ...head, body: undefined });
      });
    }
  }

  /**
   * Relays an upgraded connection. Resolves when it has closed.
   * @param elsewhere finds another upstream if this one takes no connection
   */
  upgrade(
    request: UpgradeHead,
    socket: Socket,
    read: Buffer,
    elsewhere?: Elsewhere<Upstream>,
  ): Promise<UpgradeOutcome> {
    return this.#upgrades.carry(request, socket, read, Upstream.#connectingBy(elsewhere));
  }

  /** Ends the attempts to connect that are under way, as the upstream has ended. Connections that were made stay. */
  giveUpConnecting(): void {
    this.#connecting.giveUp();
  }

  /** Closes the connections for requests, as an upstream that closes gracefully would wait for them. */
  closeConnections(): void {
    void this.#slowPath?.then((slowPath) => slowPath.close());
    this.#pool?.close();
  }

  closeUpgrades(): void {
    this.#upgrades.close();
  }

  #sendFast(
    exchange: Exchange,
    head: UpstreamHead,
    pool: FastPool,
    elsewhere: Elsewhere<Upstream> | undefined,
  ): void {
    const { body } = exchange;
    const otherPool = elsewhere && (async (error: Error) => Upstream.#poolOf(await elsewhere(error), error));
    if (!body.isAnnounced || body.isComplete) return forwardFast(exchange, head, pool, otherPool);
    // bytes that came together with the head are available a tick later
    process.nextTick(() => {
      if (!exchange.isOver) forwardFast(exchange, head, pool, otherPool);
    });
  }

  #send(exchange: Exchange, request: ForwardedRequest): void {
    void this.#loadSlowPath().then((slowPath) => {
      if (!exchange.isOver) slowPath.forward(exchange, request);
    });
  }

  #sendStepwise(exchange: Exchange, request: ForwardedRequest, elsewhere?: Elsewhere<Upstream>): void {
    void this.#loadSlowPath().then((slowPath) => {
      if (!exchange.isOver) slowPath.forwardStepwise(exchange, request, Upstream.#connectingBy(elsewhere));
    });
  }

  /**
   * Loads the slow path when it is needed first: undici and TLS take 15 ms to load, and most upstreams never need them.
   */
  #loadSlowPath(): Promise<SlowPath> {
    this.#slowPath ??= import('./slow-path/slow-path.ts').then(
      ({ SlowPath }) => new SlowPath(this.address, this.#connecting),
    );
    return this.#slowPath;
  }

  /** Finds the connections by which the fast path sends a request to an upstream that replaces one that took none. */
  static #poolOf(upstream: Upstream, error: Error): FastPool {
    if (upstream.#pool) return upstream.#pool;
    throw error;
  }

  /** Gives the function by which the other ways connect to the replacement. */
  static #connectingBy(elsewhere: Elsewhere<Upstream> | undefined): Elsewhere<Connecting> | undefined {
    return elsewhere && (async (error) => (await elsewhere(error)).#connecting);
  }
}
