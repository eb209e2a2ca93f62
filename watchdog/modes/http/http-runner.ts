import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../../common/duration.ts';
import { Exchange } from '../../../common/http/exchange/exchange.ts';
import type { ExchangeRequest, ExchangeResponse } from '../../../common/http/exchange/message.ts';
import type { RequestOptions } from '../../../common/http/exchange/served-request.ts';
import { asksForEvents, execLimit } from '../time-limits.ts';
import { endToEndHeaders, replaceHeader } from '../../../common/http/upstream/headers.ts';
import { forwardedTarget } from '../../../common/http/upstream/request-target.ts';
import type { UpgradeOutcome } from '../../../common/http/upstream/upgrade.ts';
import { Upstream, type UpstreamHead } from '../../../common/http/upstream/upstream.ts';
import { watchdogManner } from '../../manner.ts';
import type { HttpFunction } from './http-function.ts';
import { OwnFunction } from './own-function.ts';
import type { BegunRequest, Runner, RunnerContext } from '../runner.ts';

/** How long the function may take to take a connection, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;

/** How long upgraded connections may go on after the function was told to end, in milliseconds. */
const UPGRADES_GRACE_MS = 1000;

/** Forwards every request to the one process of the function, which serves HTTP. */
export class HttpRunner implements Runner {
  readonly #context: RunnerContext;
  readonly #upstream: Upstream;
  readonly #function: HttpFunction;
  readonly beginFast: Runner['beginFast'];

  constructor(context: RunnerContext) {
    this.#context = context;
    this.#function = context.httpFunction ?? new OwnFunction(context);
    const { fastPath, bufferRequestBody } = context.settings;
    this.#upstream = new Upstream(this.#function.address, {
      fastPath,
      bufferBodies: bufferRequestBody,
      connectTimeout: CONNECT_TIMEOUT_MS,
      manner: watchdogManner,
    });
    this.beginFast = fastPath ? (...messages) => this.#begin(...messages) : undefined;
  }

  get starts(): number {
    return this.#function.starts;
  }

  get ended(): Promise<string> {
    return this.#function.ended;
  }

  start(): Promise<void> {
    return this.#function.start();
  }

  isReady(): Promise<boolean> {
    return this.#function.isReady();
  }

  begin(request: IncomingMessage, response: ServerResponse, options: RequestOptions): BegunRequest {
    return this.#begin(request, response, options);
  }

  #begin(request: ExchangeRequest, response: ExchangeResponse, options: RequestOptions): BegunRequest {
    const exchange = new Exchange(request, response, options);
    return { exchange, run: () => this.#run(exchange) };
  }

  #run(exchange: Exchange): void {
    const { headers } = exchange.request;
    if (!asksForEvents(headers)) {
      const limit = execLimit(this.#context.settings.execTimeout, headers);
      if (limit) exchange.limitTime(limit.name, limit.ms);
    }
    if (this.#isSettled) return this.#forward(exchange);
    const forget = this.#function.onceSettled(() => this.#forward(exchange));
    exchange.onOver(() => {
      forget();
    });
  }

  async upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<UpgradeOutcome> {
    if (!this.#isSettled) await this.#untilAccepting(socket);
    const { method = 'GET', url = '/', rawHeaders } = request;
    const protocol = request.headers.upgrade ?? '';
    return this.#upstream.upgrade({ ...this.#headFor(method, url, rawHeaders), protocol }, socket, head);
  }

  /** Waits for the function as a request does, within exec_timeout, and no longer than the client. */
  async #untilAccepting(socket: Socket): Promise<void> {
    const { execTimeout, writeTimeout } = this.#context.settings;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        forget();
        resolve();
      };
      const timer = setTimeout(go, timerDelay(execTimeout === 0 ? writeTimeout : execTimeout));
      const forget = this.#function.onceSettled(go);
      socket.once('close', go);
    });
  }

  /** Whether there is nothing to wait for before a request is forwarded. */
  get #isSettled(): boolean {
    return this.#function.isAccepting || this.#function.hasEnded;
  }

  processIds(): readonly number[] {
    return this.#function.processIds();
  }

  async stop(): Promise<void> {
    this.#upstream.closeConnections();
    // a server that closes gracefully waits for its upgraded connections too, so it gets a moment to end them
    // itself
    const timer = setTimeout(() => this.#upstream.closeUpgrades(), UPGRADES_GRACE_MS);
    await this.#function.stop();
    clearTimeout(timer);
    this.#upstream.closeUpgrades();
  }

  kill(): void {
    this.#function.kill();
  }

  #forward(exchange: Exchange): void {
    if (exchange.isOver) return;
    const { method, target, request } = exchange;
    this.#upstream.forward(exchange, this.#headFor(method, target, request.rawHeaders));
  }

  #headFor(method: string, target: string, rawHeaders: readonly string[]): UpstreamHead {
    const { path, host } = forwardedTarget(target, this.#upstream.address.basePath);
    const headers = endToEndHeaders(rawHeaders);
    return { method, path, headers: host === undefined ? headers : replaceHeader(headers, 'Host', host) };
  }
}
