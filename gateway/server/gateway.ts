import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { timerDelay } from '../../common/duration.ts';
import { FastFront } from '../../common/http/server/fast-path/front.ts';
import { ClientErrors } from '../../common/http/server/client-errors.ts';
import { RequestGate } from '../../common/http/server/gate/request-gate.ts';
import { createHttpServer, serve } from '../../common/http/server/http-server.ts';
import { lingerOnClose } from '../../common/http/server/lingering-close.ts';
import type { CallQueue } from '../async/call-queue.ts';
import { Submissions } from '../async/submissions.ts';
import type { BasicAuth } from '../auth/basic-auth.ts';
import { Invoker } from '../invoke/invoker.ts';
import { gatewayManner } from '../invoke/manner.ts';
import type { Logger } from '../log/logger.ts';
import { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { Provider } from '../providers/provider.ts';
import { AwakeAlone } from '../routing/awake-alone.ts';
import type { Settings } from '../settings/table.ts';
import { annotationsOf } from '../providers/annotations.ts';
import { ApiServer } from './api-server.ts';
import { Background } from './background.ts';
import { listen, localUrl } from './listen.ts';
import type { StateFolderClaim } from './locator.ts';
import { MetricsServer } from './metrics-server.ts';
import type { MoreAddresses } from './more-addresses.ts';
import { RequestHandler } from './request-handler.ts';

export interface GatewayParts {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly provider: Provider;
  /** Undefined where nobody has to log in. */
  readonly auth: BasicAuth | undefined;
  readonly queue: CallQueue;
  readonly claim: StateFolderClaim;
  /** Further addresses at which the provider lets functions in. */
  readonly moreAddresses: MoreAddresses;
  /** Called with the `HOST:PORT` at which processes of this machine reach the gateway. */
  readonly onListening: (address: string) => void;
}

/** The queue of calls whose function names none: as OpenFaaS calls it. */
const DEFAULT_QUEUE = 'faas-request';

/** Bytes of bodies of calls for later that are held in memory at a time, before they are on the disk. */
const MOST_RECEIVED = 256 << 20;

/** The gateway from its start to its end. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #server: Server;
  /** The front of the fast path, ahead of Node's server. */
  readonly #front: FastFront;
  readonly #metricsServer: MetricsServer;
  readonly #handler: RequestHandler;
  readonly #api: ApiServer;
  readonly #invoker: Invoker;
  readonly #background: Background;

  private constructor(parts: GatewayParts) {
    const { settings, logger, provider, auth, queue } = parts;
    const { readTimeout, writeTimeout, upstreamTimeout, allowedHosts, allowedOrigins } = settings;
    this.#parts = parts;
    const warn = (line: string): void => logger.warn(line);
    const scaleDefaults = { zeroDuration: settings.inactivityDuration, target: settings.scaleTarget };
    const logError = (line: string): void => logger.error(line);
    const metrics = new GatewayMetrics({ provider, queue, scaleDefaults, warn });
    const origins = { isOpen: auth === undefined, allowedHosts, allowedOrigins };
    const defaultNamespace = settings.functionNamespace;
    const clientErrors = new ClientErrors(gatewayManner, logError);
    this.#invoker = new Invoker({
      endpoints: settings.scaleFromZero ? provider.endpoints : new AwakeAlone(provider),
      observer: metrics.invocations,
      limits: { readTimeout, writeTimeout, upstreamTimeout },
    });
    this.#background = new Background({ settings, provider, metrics, queue, scaleDefaults, warn });
    const { scheduler } = this.#background;
    const context = { provider, metrics, queue, scheduler, defaultNamespace, warn };
    this.#api = new ApiServer({ context, auth, origins, readTimeout, writeTimeout, logError });
    this.#handler = new RequestHandler({
      api: this.#api,
      invoker: this.#invoker,
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
      origins,
      defaultNamespace,
      readTimeout,
      writeTimeout,
    });
    this.#server = createHttpServer(readTimeout);
    const gate = new RequestGate(this.#server, clientErrors, readTimeout);
    serve(this.#server, this.#handler, clientErrors, gate);
    this.#server.on('upgrade', (request, stream, read) => {
      const socket = stream as Socket;
      const head = Buffer.concat([read, gate.release(socket)]);
      this.#handler.upgrade(this.#server, request, socket, head);
    });
    this.#front = new FastFront(this.#server, timerDelay(readTimeout), this.#handler.handle);
    this.#server.on('connection', lingerOnClose);
    parts.moreAddresses.attach(this.#server);
    this.#metricsServer = new MetricsServer(metrics);
  }

  /**
   * Starts the functions that are deployed, then the ports: the first request finds them known.
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
    const port = await listen(this.#server, host, settings.port, 'port');
    const address = new URL(localUrl(host, port)).host;
    onListening(address);
    await this.#background.start(address);
    const metricsPort = await this.#metricsServer.listen(host, settings.metricsPort);
    await claim.tell(localUrl(host, port), localUrl(host, metricsPort));
    logger.info(`Listening on ${localUrl(host, port)}`);
    logger.info(`Metrics on ${localUrl(host, metricsPort)}/metrics`);
  }

  /** Takes no request any more, lets those in flight end within write_timeout, then ends the functions. */
  async stop(): Promise<void> {
    const { provider, settings, moreAddresses } = this.#parts;
    this.#server.close();
    moreAddresses.close();
    this.#server.closeIdleConnections();
    this.#front.close();
    this.#api.endStreams();
    this.#invoker.closeUpgrades();
    const { writeTimeout } = settings;
    await Promise.all([this.#background.drain(writeTimeout), this.#handler.drain(writeTimeout)]);
    await this.#background.stop();
    await provider.stop(writeTimeout);
    await this.#end();
  }

  /** Ends everything at once. */
  async kill(): Promise<void> {
    await Promise.all([this.#parts.provider.kill(), this.#background.stop()]);
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#server.close();
    this.#parts.moreAddresses.close();
    this.#front.kill();
    this.#server.closeAllConnections();
    this.#metricsServer.close();
    await this.#parts.claim.release();
  }
}
