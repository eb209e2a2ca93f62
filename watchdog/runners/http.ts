import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../duration.ts';
import { StartError } from '../errors.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { asksForEvents, execLimit } from '../exchange/time-limits.ts';
import { copyLines } from '../log/function-lines.ts';
import { describeExit } from '../process/exit-status.ts';
import { FunctionProcess } from '../process/function-process.ts';
import { forwardPlain, type PlainForwardedRequest } from '../plain/forward.ts';
import { UpstreamPool } from '../plain/upstream-pool.ts';
import type { ForwardedRequest } from '../proxy/forward.ts';
import { ForwardedBody } from '../proxy/forwarded-body.ts';
import { endToEndHeaders, replaceHeader, withoutHeader } from '../proxy/headers.ts';
import { accepts, untilAccepting } from '../proxy/probe.ts';
import { forwardedTarget } from '../proxy/request-target.ts';
import type { SlowPath } from '../proxy/slow-path.ts';
import { isStepwise } from '../proxy/stepwise.ts';
import { UpgradeProxy, type UpgradeOutcome } from '../proxy/upgrade.ts';
import type { UpstreamAddress } from '../settings/parsers.ts';
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
  readonly #waiting = new Set<() => void>();
  readonly ended: Promise<string>;
  #tellEnded: (reason: string) => void = () => undefined;
  #function: FunctionProcess | undefined;
  #isAccepting = false;

  constructor(context: RunnerContext) {
    const address = context.settings.upstreamUrl;
    if (!address) throw new StartError('SETTING_MISSING', 'mode=http needs "http_upstream_url"');
    this.#context = context;
    this.#address = address;
    const isPlain = context.settings.fastPath && address.origin.startsWith('http:');
    this.#pool = isPlain ? new UpstreamPool(address) : undefined;
    this.#upgrades = new UpgradeProxy(address);
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
  }

  get starts(): number {
    return this.#function ? 1 : 0;
  }

  async start(): Promise<void> {
    const { settings, logger, environment, script } = this.#context;
    const { nativeFork, temporaryFolder } = settings;
    const command = settings.functionProcess ?? [];
    logger.info(`Forking: ${command[0]}, arguments: [${command.slice(1).join(' ')}]`);
    const means = { script: nativeFork ? script : undefined, temporaryFolder };
    const started = await FunctionProcess.start(command, environment, means);
    this.#function = started;
    this.#copyOutput(started);
    void started.exited.then((status) => {
      this.#isAccepting = false;
      this.#tellEnded(`Forked function has terminated: ${describeExit(status)}`);
    });
    void untilAccepting(this.#address, () => this.#isAccepting || started.hasExited).then(() =>
      this.#accept(),
    );
  }

  /** Looks anew while the function starts: who asks may have seen it listen a moment ago. */
  async isReady(): Promise<boolean> {
    if (!this.#isAccepting && (await accepts(this.#address))) this.#accept();
    return this.#isAccepting;
  }

  run(exchange: Exchange): void {
    const { headers } = exchange.request;
    if (!asksForEvents(headers)) {
      const limit = execLimit(this.#context.settings.execTimeout, headers);
      if (limit) exchange.limitTime(limit.name, limit.ms);
    }
    if (this.#isAccepting || this.#function?.hasExited) return this.#forward(exchange);
    const go = (): void => this.#forward(exchange);
    this.#waiting.add(go);
    exchange.onOver(() => {
      this.#waiting.delete(go);
    });
  }

  async upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<UpgradeOutcome> {
    if (!this.#isAccepting && !this.#function?.hasExited) await this.#untilAccepting(socket);
    return this.#upgrades.carry(request, socket, head);
  }

  /** Waits as a request does, within exec_timeout, and no longer than the client. */
  async #untilAccepting(socket: Socket): Promise<void> {
    const { execTimeout, writeTimeout } = this.#context.settings;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timerDelay(execTimeout === 0 ? writeTimeout : execTimeout));
      const go = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(go);
        resolve();
      };
      this.#waiting.add(go);
      socket.once('close', go);
    });
  }

  processIds(): readonly number[] {
    return this.#function && !this.#function.hasExited ? [this.#function.pid] : [];
  }

  async stop(): Promise<void> {
    void this.#slowPath?.then((slowPath) => slowPath.close());
    this.#pool?.close(); // else a server that closes gracefully would wait for them
    // a server that closes gracefully waits for its upgraded connections too: it has a moment to end them itself
    const timer = setTimeout(() => this.#upgrades.close(), UPGRADES_GRACE_MS);
    await this.#function?.stop();
    clearTimeout(timer);
    this.#upgrades.close();
  }

  kill(): void {
    this.#function?.kill();
  }

  /** Lets go what has waited for the function. */
  #accept(): void {
    this.#isAccepting = this.#function?.hasExited === false;
    for (const go of this.#waiting) go();
    this.#waiting.clear();
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
    this.#slowPath ??= import('../proxy/slow-path.ts').then(({ SlowPath }) => new SlowPath(this.#address));
    return this.#slowPath;
  }

  #copyOutput(started: FunctionProcess): void {
    const { settings, output, logger } = this.#context;
    for (const name of ['stderr', 'stdout'] as const) {
      logger.info(`Started logging: ${name} from function.`);
      copyLines(started[name], output[name], {
        name,
        prefix: settings.prefixLogs,
        longestLine: settings.logBufferSize,
      });
    }
  }
}
