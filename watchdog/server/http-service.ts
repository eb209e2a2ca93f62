import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../common/duration.ts';
import { ClientErrors } from '../../common/http/server/client-errors.ts';
import { declineUpgrade, isRealUpgrade } from '../../common/http/server/decline-upgrade.ts';
import { FastFront } from '../../common/http/server/fast-path/front.ts';
import { RequestGate } from '../../common/http/server/gate/request-gate.ts';
import { createHttpServer, serve } from '../../common/http/server/http-server.ts';
import { lingerOnClose } from '../../common/http/server/lingering-close.ts';
import { watchdogManner } from '../manner.ts';
import type { Runner } from '../modes/runner.ts';
import type { JwtAuth } from './auth/jwt-auth.ts';
import { Health } from './health.ts';
import { Limiter } from './limiter.ts';
import { listen, listenOn } from './listen.ts';
import { lockFileOf } from './lock-file.ts';
import { HttpMetrics } from './metrics/http-metrics.ts';
import type { FunctionFacts } from './metrics/metrics-server.ts';
import { isForItself, RequestHandler } from './request-handler.ts';
import { RequestLog } from './request-log.ts';
import type { Service, ServiceContext } from './service.ts';
import { UpgradeHandler } from './upgrade-handler.ts';

/**
 * Serves requests in this process: the runner of the mode with an HTTP server in front of it. Each process that serves
 * has one, whether it is the whole watchdog or one of its workers.
 */
export class HttpService implements Service {
  readonly needsAdoption: boolean;
  readonly #runner: Runner;
  readonly #context: ServiceContext;
  readonly #health: Health;
  readonly #server: Server;
  /** The front of the fast path, in modes that have one. */
  readonly #front: FastFront | undefined;
  readonly #handler: RequestHandler;
  readonly #clientErrors: ClientErrors;
  readonly #limiter: Limiter;
  readonly #metrics = new HttpMetrics();

  private constructor(context: ServiceContext, maxInflight: number, auth: JwtAuth | undefined) {
    const { settings, logger, mode } = context;
    const runner = mode.createRunner(context);
    this.#runner = runner;
    this.#context = context;
    // modes that fork adopt orphans by themselves, with the first process
    this.needsAdoption = mode.createFunction !== undefined;
    this.#health = new Health(lockFileOf(settings));
    this.#limiter = new Limiter(maxInflight, settings.maxInflight);
    this.#clientErrors = new ClientErrors(watchdogManner, (line) => logger.error(line));
    const parts = {
      mode,
      runner,
      limiter: this.#limiter,
      metrics: this.#metrics,
      log: new RequestLog(logger, mode),
      auth,
    };
    this.#handler = new RequestHandler({
      ...parts,
      settings,
      health: this.#health,
      clientErrors: this.#clientErrors,
    });
    this.#server = createHttpServer(settings.readTimeout);
    const gate = new RequestGate(this.#server, this.#clientErrors, settings.readTimeout);
    serve(this.#server, this.#handler, this.#clientErrors, gate);
    if (runner.upgrade) this.#serveUpgrades(gate, new UpgradeHandler(parts));
    if (runner.beginFast)
      this.#front = new FastFront(
        this.#server,
        timerDelay(settings.readTimeout),
        this.#clientErrors,
        this.#handler.handleFast(runner.beginFast),
      );
    else this.#server.on('connection', lingerOnClose);
  }

  /**
   * Makes the service. Nothing is started yet.
   * @param maxInflight how many requests may be in flight here: max_inflight, or a worker's share of it
   * @throws StartError AUTHORITY_UNAVAILABLE
   */
  static async load(
    context: ServiceContext,
    maxInflight = context.settings.maxInflight,
  ): Promise<HttpService> {
    const auth = await loadAuth(context);
    return new HttpService(context, maxInflight, auth);
  }

  get ended(): Promise<string> {
    return this.#runner.ended;
  }

  /** Requests that are being served now; upgraded connections are not among them. */
  get open(): number {
    return this.#handler.open;
  }

  get facts(): FunctionFacts {
    return {
      http: this.#metrics,
      inFlight: this.#limiter.inFlight,
      starts: this.#runner.starts,
      delay: this.#runner.loopDelay?.(),
      processIds: this.#runner.processIds(),
    };
  }

  async countOpen(): Promise<number> {
    return this.open;
  }

  async readFacts(): Promise<FunctionFacts> {
    return this.facts;
  }

  bind(): Promise<number> {
    const { listenAddress, port } = this.#context.settings;
    return listen(this.#server, listenAddress, port, 'port');
  }

  /** Listens on a port that another process has bound. */
  listenOn(handle: unknown): Promise<void> {
    return listenOn(this.#server, handle);
  }

  start(): Promise<void> {
    return this.#runner.start();
  }

  accept(): void {
    this.#health.accept();
  }

  refuse(): void {
    this.#health.refuse();
  }

  async drain(): Promise<void> {
    this.#closeListener();
    await this.#handler.drain(this.#context.settings.writeTimeout);
  }

  stop(): Promise<void> {
    return this.#runner.stop();
  }

  kill(): void {
    this.#runner.kill();
    this.#closeListener();
    this.#front?.kill();
    this.#server.closeAllConnections();
  }

  #closeListener(): void {
    this.#server.close();
    this.#front?.close();
  }

  #serveUpgrades(gate: RequestGate, upgrades: UpgradeHandler): void {
    this.#server.on('upgrade', (request, stream, read) => {
      const socket = stream as Socket;
      const head = Buffer.concat([read, gate.release(socket)]);
      if (isRealUpgrade(request) && !isForItself(request)) void upgrades.handle(request, socket, head);
      else declineUpgrade(this.#server, request, socket, head);
    });
  }
}

/**
 * Makes the check of tokens where it is wanted. jose is loaded only then.
 * @throws StartError AUTHORITY_UNAVAILABLE
 */
async function loadAuth({ settings, logger, announce }: ServiceContext): Promise<JwtAuth | undefined> {
  if (!settings.jwtAuth) return undefined;
  const { JwtAuth } = await import('./auth/jwt-auth.ts');
  return JwtAuth.create(settings, logger, announce);
}
