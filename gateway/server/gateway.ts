import { ClientErrors } from '../../common/http/server/client-errors.ts';
import type { CallQueue } from '../async/call-queue.ts';
import { Submissions } from '../async/submissions.ts';
import type { Login } from '../auth/login.ts';
import { FunctionIndex } from '../functions/function-index.ts';
import { qualifiedName } from '../functions/function-name.ts';
import { Invoker, type InvokerParts } from '../invoke/invoker.ts';
import { gatewayManner } from '../invoke/manner.ts';
import type { Logger } from '../log/logger.ts';
import { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { Provider } from '../providers/provider.ts';
import { AwakeAlone } from '../routing/awake-alone.ts';
import type { Settings } from '../settings/table.ts';
import { annotationsOf } from '../providers/annotations.ts';
import { ApiServer } from './api-server.ts';
import { Background } from './background.ts';
import type { FunctionPorts } from './function-ports.ts';
import { HttpListener } from './http-listener.ts';
import { localUrl } from './listen.ts';
import type { StateFolderClaim } from './locator.ts';
import { MetricsServer } from './metrics-server.ts';
import type { MoreAddresses } from './more-addresses.ts';
import { RequestHandler } from './request-handler.ts';
import { readTarget, type Target } from './target.ts';

export interface GatewayParts {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly provider: Provider;
  /** Undefined with basic_auth=false. */
  readonly login: Login | undefined;
  readonly queue: CallQueue;
  readonly claim: StateFolderClaim;
  /** Undefined without development=true. */
  readonly functionPorts: FunctionPorts | undefined;
  /** Further addresses at which the gateway listens, for containers. */
  readonly moreAddresses: MoreAddresses;
  /** Is called with the `HOST:PORT` at which processes of this machine reach the gateway. */
  readonly onListening: (address: string) => void;
}

/** The queue of functions that name none. Its name is OpenFaaS's. */
const DEFAULT_QUEUE = 'faas-request';

/** How many bytes of bodies of queued calls may be in memory together before they are on the disk. */
const MOST_RECEIVED = 256 << 20;

/** The whole gateway, from start to stop. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #listener: HttpListener;
  readonly #metricsServer: MetricsServer;
  readonly #api: ApiServer;
  readonly #invokers: readonly Invoker[];
  readonly #background: Background;

  private constructor(parts: GatewayParts) {
    const { settings, logger, provider, login, queue, functionPorts } = parts;
    const { readTimeout, writeTimeout, upstreamTimeout, allowedHosts, allowedOrigins } = settings;
    this.#parts = parts;
    const warn = (line: string): void => logger.warn(line);
    const scaleDefaults = { zeroDuration: settings.inactivityDuration, target: settings.scaleTarget };
    const logError = (line: string): void => logger.error(line);
    const metrics = new GatewayMetrics({ provider, queue, scaleDefaults, warn });
    const origins = { isOpen: login === undefined, allowedHosts, allowedOrigins };
    const defaultNamespace = settings.functionNamespace;
    const clientErrors = new ClientErrors(gatewayManner, logError);
    const called: Omit<InvokerParts, 'limits'> = {
      endpoints: settings.scaleFromZero ? provider.endpoints : new AwakeAlone(provider),
      observer: metrics.invocations,
    };
    const invoker = new Invoker({ ...called, limits: { readTimeout, writeTimeout, upstreamTimeout } });
    // At a function's own port, only the function's own timeouts hold.
    const direct = new Invoker({ ...called, limits: { readTimeout: 0, writeTimeout, upstreamTimeout: 0 } });
    this.#invokers = [invoker, direct];
    this.#background = new Background({ settings, provider, metrics, queue, scaleDefaults, warn });
    const { scheduler, observer } = this.#background;
    const timeouts = { read: readTimeout, write: writeTimeout, upstream: upstreamTimeout };
    const index = new FunctionIndex(settings.functionIndex);
    const context = {
      index,
      provider,
      metrics,
      queue,
      scheduler,
      observer,
      login,
      timeouts,
      defaultNamespace,
      warn,
    };
    this.#api = new ApiServer({ context, origins, readTimeout, writeTimeout, logError });
    const handling = {
      api: this.#api,
      invoker,
      submissions: new Submissions({
        queue,
        annotationsOf: (name) => annotationsOf(provider, name),
        defaultNamespace,
        defaultQueue: DEFAULT_QUEUE,
        largestBody: settings.asyncMaxBody,
        mostReceived: Math.max(MOST_RECEIVED, settings.asyncMaxBody),
        isStrict: settings.strictAsync,
        readTimeout,
        writeTimeout,
      }),
      clientErrors,
      readTarget,
      origins,
      defaultNamespace,
      readTimeout,
      writeTimeout,
    };
    this.#listener = new HttpListener(new RequestHandler(handling), clientErrors, readTimeout);
    this.#listener.serveAlso(parts.moreAddresses);
    functionPorts?.serveBy((name) => {
      const toFunction = (target: string): Target => ({
        kind: 'function',
        name: qualifiedName(name),
        target,
      });
      const parts = { ...handling, invoker: direct, origins: undefined, readTarget: toFunction };
      return new HttpListener(new RequestHandler(parts), clientErrors, readTimeout);
    });
    this.#metricsServer = new MetricsServer(metrics);
  }

  /**
   * Takes up the deployed functions, then listens, so that the first request finds them.
   * @throws StartError
   */
  static async start(parts: GatewayParts): Promise<Gateway> {
    const gateway = new Gateway(parts);
    try {
      await gateway.#start();
      return gateway;
    } catch (thrown) {
      await gateway.kill();
      throw thrown;
    }
  }

  async #start(): Promise<void> {
    const { settings, logger, provider, claim, onListening } = this.#parts;
    const { host } = settings;
    await provider.start();
    const port = await this.#listener.listen(host, settings.port, 'port');
    const address = new URL(localUrl(host, port)).host;
    onListening(address);
    await this.#background.start(address);
    const metricsPort = await this.#metricsServer.listen(host, settings.metricsPort);
    await claim.tell(localUrl(host, port), localUrl(host, metricsPort));
    logger.info(`Listening on ${localUrl(host, port)}`);
    logger.info(`Metrics on ${localUrl(host, metricsPort)}/metrics`);
  }

  /** Accepts no more requests, waits up to write_timeout for those in flight, then stops the functions. */
  async stop(): Promise<void> {
    const { provider, settings, functionPorts, moreAddresses } = this.#parts;
    this.#listener.stopListening();
    moreAddresses.close();
    this.#api.endStreams();
    for (const invoker of this.#invokers) invoker.closeUpgrades();
    const { writeTimeout } = settings;
    await Promise.all([
      this.#background.drain(writeTimeout),
      this.#listener.drain(writeTimeout),
      functionPorts?.drain(writeTimeout),
    ]);
    await this.#background.stop();
    await provider.stop(writeTimeout);
    await this.#closeAll();
  }

  /** Kills the functions, and closes the rest, at once. */
  async kill(): Promise<void> {
    await Promise.all([this.#parts.provider.kill(), this.#background.stop()]);
    await this.#closeAll();
  }

  async #closeAll(): Promise<void> {
    this.#listener.closeAll();
    this.#parts.moreAddresses.close();
    this.#parts.functionPorts?.closeAll();
    this.#metricsServer.close();
    await this.#parts.claim.release();
  }
}
