import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../duration.ts';
import type { Exchange } from '../../common/http/exchange/exchange.ts';
import { asksForEvents, execLimit } from '../exchange/time-limits.ts';
import { forwardPlain, type PlainForwardedRequest } from '../../common/http/plain/forward.ts';
import { UpstreamPool } from '../../common/http/plain/upstream-pool.ts';
import type { ForwardedRequest } from '../../common/http/proxy/forward.ts';
import { ForwardedBody } from '../../common/http/proxy/forwarded-body.ts';
import { endToEndHeaders, replaceHeader, withoutHeader } from '../../common/http/proxy/headers.ts';
import { forwardedTarget } from '../../common/http/proxy/request-target.ts';
import type { SlowPath } from '../../common/http/proxy/slow-path.ts';
import { isStepwise } from '../../common/http/proxy/stepwise.ts';
import { UpgradeProxy, type UpgradeOutcome } from '../../common/http/proxy/upgrade.ts';
import type { UpstreamAddress } from '../settings/parsers.ts';
import { watchdogManner } from '../manner.ts';
import type { HttpFunction } from './http-function.ts';
import { OwnFunction } from './own-function.ts';
import type { Runner, RunnerContext } from './runner.ts';

/** How long upgraded connections live on after the function was told to end, in milliseconds. */
const UPGRADES_GRACE_MS = 1000;

/** `mode=http`: one process that serves HTTP; every request is forwarded to it. */
export class HttpRunner implements Runner {
  readonly #context: RunnerContext;
  readonly #address: UpstreamAddress;
  #slowPath: Promise<SlowPath> | undefined;
  /** For what is plain; undefined where the upstream wants TLS. */
  readonly #pool: UpstreamPool | undefined;
  readonly #upgrades: UpgradeProxy;
  readonly #function: HttpFunction;

  constructor(context: RunnerContext) {
    this.#context = context;
    this.#function = context.httpFunction ?? new OwnFunction(context);
    const { address } = this.#function;
    this.#address = address;
    const isPlain = context.settings.fastPath && address.origin.startsWith('http:');
    this.#pool = isPlain ? new UpstreamPool(address) : undefined;
    this.#upgrades = new UpgradeProxy(address, watchdogManner);
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

  run(exchange: Exchange): void {
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
    return this.#upgrades.carry(request, socket, head);
  }

  /** Waits as a request does, within exec_timeout, and no longer than the client. */
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
    void this.#slowPath?.then((slowPath) => slowPath.close());
    this.#pool?.close(); // else a server that closes gracefully would wait for them
    // a server that closes gracefully waits for its upgraded connections too: it has a moment to end them itself
    const timer = setTimeout(() => this.#upgrades.close(), UPGRADES_GRACE_MS);
    await this.#function.stop();
    clearTimeout(timer);
    this.#upgrades.close();
  }

  kill(): void {
    this.#function.kill();
  }

  #forward(exchange: Exchange): void {
    if (exchange.isOver) return;
    const { request, body } = exchange;
    const target = forwardedTarget(exchange.target, this.#address.basePath);
    let headers = endToEndHeaders(request.rawHeaders);
    if (target.host !== undefined) headers = replaceHeader(headers, 'Host', target.host);
    // Expect is answered here where the body is read first, and means nothing in HTTP/1.0 (RFC 9110, section 10.1.1)
    const isReadFirst =
      this.#context.settings.bufferRequestBody && body.isAnnounced && target.path.startsWith('/');
    if (isReadFirst || !exchange.expectsContinue) headers = withoutHeader(headers, 'expect');
    const head = { method: exchange.method, path: target.path, headers };
    if (isReadFirst) {
      void body
        .readWhole()
        .then((whole) => this.#send(exchange, { ...head, body: ForwardedBody.of(body, whole) }));
    } else if (isStepwise(exchange, target.path)) {
      this.#sendStepwise(exchange, { ...head, body: undefined });
    } else if (this.#pool && request.headers['transfer-encoding'] === undefined) {
      this.#sendPlain(exchange, head, this.#pool);
    } else if (!body.isAnnounced) {
      this.#send(exchange, { ...head, body: undefined });
    } else {
      // the bytes that came together with the head are there a tick later
      process.nextTick(() => this.#send(exchange, { ...head, body: new ForwardedBody(body) }));
    }
  }

  #sendPlain(exchange: Exchange, head: PlainForwardedRequest, pool: UpstreamPool): void {
    const { body, request } = exchange;
    if (request.headers.host === undefined)
      head = { ...head, headers: [...head.headers, 'Host', this.#address.host] };
    if (!body.isAnnounced || body.isComplete) return forwardPlain(exchange, head, pool);
    // the bytes that came together with the head are there a tick later
    process.nextTick(() => {
      if (!exchange.isOver) forwardPlain(exchange, head, pool);
    });
  }

  #send(exchange: Exchange, request: ForwardedRequest): void {
    void this.#loadSlowPath().then((slowPath) => {
      if (!exchange.isOver) slowPath.forward(exchange, request);
    });
  }

  #sendStepwise(exchange: Exchange, request: ForwardedRequest): void {
    void this.#loadSlowPath().then((slowPath) => {
      if (!exchange.isOver) slowPath.forwardStepwise(exchange, request);
    });
  }

  /** undici and TLS take 15 ms to load, and most functions never need them. */
  #loadSlowPath(): Promise<SlowPath> {
    this.#slowPath ??= import('../../common/http/proxy/slow-path.ts').then(
      ({ SlowPath }) => new SlowPath(this.#address),
    );
    return this.#slowPath;
  }
}
