import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { StartError } from '../errors.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { asksForEvents, execLimit } from '../exchange/time-limits.ts';
import { copyLines } from '../log/function-lines.ts';
import { describeExit } from '../process/exit-status.ts';
import { FunctionProcess } from '../process/function-process.ts';
import { UpstreamConnections } from '../proxy/connections.ts';
import { forward, type ForwardedRequest } from '../proxy/forward.ts';
import { forwardStepwise, isStepwise } from '../proxy/forward-stepwise.ts';
import { ForwardedBody } from '../proxy/forwarded-body.ts';
import { endToEndHeaders, replaceHeader, withoutHeader } from '../proxy/headers.ts';
import { untilAccepting } from '../proxy/probe.ts';
import { forwardedTarget } from '../proxy/request-target.ts';
import { UpgradeProxy, type UpgradeOutcome } from '../proxy/upgrade.ts';
import type { UpstreamAddress } from '../settings/parsers.ts';
import type { Runner, RunnerContext } from './runner.ts';

/** `mode=http`: one process that serves HTTP; every request is forwarded to it. */
export class HttpRunner implements Runner {
  readonly #context: RunnerContext;
  readonly #address: UpstreamAddress;
  readonly #connections: UpstreamConnections;
  readonly #upgrades: UpgradeProxy;
  readonly #waiting: (() => void)[] = [];
  readonly ended: Promise<string>;
  #tellEnded: (reason: string) => void = () => undefined;
  #function: FunctionProcess | undefined;
  #isAccepting = false;

  constructor(context: RunnerContext) {
    const address = context.settings.upstreamUrl;
    if (!address) throw new StartError('SETTING_MISSING', 'mode=http needs "http_upstream_url"');
    this.#context = context;
    this.#address = address;
    this.#connections = new UpstreamConnections(address);
    this.#upgrades = new UpgradeProxy(address);
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
  }

  get starts(): number {
    return this.#function ? 1 : 0;
  }

  async start(): Promise<void> {
    const { settings, logger, environment } = this.#context;
    const command = settings.functionProcess ?? [];
    logger.info(`Forking: ${command[0]}, arguments: [${command.slice(1).join(' ')}]`);
    const started = await FunctionProcess.start(command, environment, settings.temporaryFolder);
    this.#function = started;
    this.#copyOutput(started);
    void started.exited.then((status) => {
      this.#isAccepting = false;
      this.#tellEnded(`Forked function has terminated: ${describeExit(status)}`);
    });
    void untilAccepting(this.#address, () => started.hasExited).then((accepts) => {
      this.#isAccepting = accepts && !started.hasExited;
      for (const go of this.#waiting.splice(0)) go();
    });
  }

  isReady(): boolean {
    return this.#isAccepting;
  }

  run(exchange: Exchange): void {
    const { headers } = exchange.request;
    if (!asksForEvents(headers)) {
      const limit = execLimit(this.#context.settings.execTimeout, headers);
      if (limit) exchange.limitTime(limit.name, limit.ms);
    }
    if (this.#isAccepting || this.#function?.hasExited) this.#forward(exchange);
    else this.#waiting.push(() => this.#forward(exchange));
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<UpgradeOutcome> {
    return this.#upgrades.carry(request, socket, head);
  }

  processIds(): readonly number[] {
    return this.#function && !this.#function.hasExited ? [this.#function.pid] : [];
  }

  async stop(): Promise<void> {
    this.#connections.close(); // else a server that closes gracefully would wait for them
    await this.#function?.stop();
    this.#upgrades.close();
  }

  kill(): void {
    this.#function?.kill();
  }

  #forward(exchange: Exchange): void {
    if (exchange.isOver) return;
    const { request, body } = exchange;
    const target = forwardedTarget(exchange.target, this.#address.basePath);
    let headers = endToEndHeaders(request.rawHeaders);
    if (target.host !== undefined) headers = replaceHeader(headers, 'Host', target.host);
    const head = { method: exchange.method, path: target.path, headers };
    if (this.#context.settings.bufferRequestBody && body.isAnnounced && target.path.startsWith('/')) {
      head.headers = withoutHeader(headers, 'expect'); // it is answered here: the body is read before the function hears of it
      void body
        .readWhole()
        .then((whole) => this.#send(exchange, { ...head, body: ForwardedBody.of(body, whole) }));
    } else if (isStepwise(exchange, target.path)) {
      forwardStepwise(exchange, { ...head, body: undefined }, this.#address);
    } else if (!body.isAnnounced) {
      this.#send(exchange, { ...head, body: undefined });
    } else {
      // the bytes that came together with the head are there a tick later
      process.nextTick(() => this.#send(exchange, { ...head, body: new ForwardedBody(body) }));
    }
  }

  #send(exchange: Exchange, request: ForwardedRequest): void {
    if (!exchange.isOver) forward(exchange, request, this.#connections);
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
