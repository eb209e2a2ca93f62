import { once } from 'node:events';
import type { Server } from 'node:http';
import { messageOf } from '../errors.ts';
import { loadRunner } from '../runners/load.ts';
import type { Runner, RunnerContext } from '../runners/runner.ts';
import { loadAuth } from '../server/auth/load-auth.ts';
import type { JwtAuth } from '../server/auth/jwt-auth.ts';
import { ClientErrors } from '../server/client-errors.ts';
import { Health } from '../server/health.ts';
import { createHttpServer, serve } from '../server/http-server.ts';
import { Limiter } from '../server/limiter.ts';
import { LockFile } from '../server/lock-file.ts';
import { HttpMetrics } from '../server/metrics/http-metrics.ts';
import { RequestHandler } from '../server/request-handler.ts';
import { isOurs, type FromWorker, type ToWorker, type WorkerOrder } from './messages.ts';

/** How many connections may wait to be accepted. */
const BACKLOG = 4096;

/**
 * One of several processes that run the function (inproc_workers): a watchdog without port, lock-file, metrics and
 * signals of its own. For these there is the supervisor, which it hears and tells by the channel between them.
 */
export class WorkerService {
  readonly #context: RunnerContext;
  readonly #runner: Runner;
  readonly #server: Server;
  readonly #handler: RequestHandler;
  readonly #health: Health;
  readonly #limiter: Limiter;
  readonly #metrics = new HttpMetrics();
  readonly #onEnd: (status: number) => void;
  #beat: NodeJS.Timeout | undefined;
  #isDraining = false;

  private constructor(
    context: RunnerContext,
    runner: Runner,
    auth: JwtAuth | undefined,
    onEnd: (status: number) => void,
  ) {
    const { settings, logger } = context;
    this.#context = context;
    this.#runner = runner;
    this.#onEnd = onEnd;
    this.#limiter = new Limiter(settings.maxInflight);
    this.#health = new Health(settings.suppressLock ? undefined : new LockFile(settings.temporaryFolder));
    const clientErrors = new ClientErrors(logger);
    this.#handler = new RequestHandler({
      settings,
      logger,
      runner,
      health: this.#health,
      limiter: this.#limiter,
      metrics: this.#metrics,
      clientErrors,
      auth,
    });
    this.#server = createHttpServer(settings);
    serve(this.#server, this.#handler, clientErrors);
  }

  /**
   * Starts what the order says. A failure is told to the supervisor, whose line it is.
   * @param onEnd ends the process with a status
   */
  static async start(
    context: RunnerContext,
    order: WorkerOrder,
    onEnd: (status: number) => void,
  ): Promise<WorkerService> {
    process.once('disconnect', () => onEnd(1)); // the supervisor is gone
    try {
      const settings = { ...context.settings, maxInflight: order.maxInflight };
      const handle = once(process, 'message').then(([, sent]) => sent as unknown);
      const own = { ...context, settings };
      const runner = await loadRunner(own);
      const auth = await loadAuth(settings, context.logger, context.announce);
      const worker = new WorkerService(own, runner, auth, onEnd);
      await runner.start();
      await worker.#serve(await handle, order.beatMs);
      return worker;
    } catch (thrown) {
      await tell({ type: 'failed', text: messageOf(thrown) });
      onEnd(1);
      return new Promise(() => undefined);
    }
  }

  /** Settles with the reason when the function has ended of itself, and the responses under way are answered. */
  async functionEnded(): Promise<string> {
    const reason = await this.#runner.ended;
    if (this.#isDraining) return new Promise(() => undefined);
    this.#context.logger.error(reason);
    await this.#close();
    return reason;
  }

  kill(): void {
    clearInterval(this.#beat);
    this.#runner.kill();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(handle: unknown, beatMs: number): Promise<void> {
    this.#server.listen(handle, BACKLOG);
    await once(this.#server, 'listening');
    process.on('message', this.#onMessage);
    this.#health.accept();
    await tell({ type: 'ready' });
    this.#beat = setInterval(() => void this.#tellState(), beatMs);
  }

  readonly #onMessage = (message: unknown): void => {
    if (!isOurs<ToWorker>(message, ['report', 'refuse', 'drain'])) return;
    if (message.type === 'report') void this.#tellState();
    else if (message.type === 'refuse') this.#health.refuse();
    else void this.#drain();
  };

  async #drain(): Promise<void> {
    if (this.#isDraining) return;
    this.#isDraining = true;
    await this.#close();
    await this.#runner.stop();
    this.#onEnd(0);
  }

  /** Takes no connection any more, and answers what is there. */
  async #close(): Promise<void> {
    this.#health.refuse();
    this.#server.close();
    await this.#handler.close(this.#context.settings.writeTimeout);
    await this.#tellState();
  }

  #tellState(): Promise<void> {
    return tell({
      type: 'state',
      counts: this.#metrics.counts,
      inFlight: this.#limiter.inFlight,
      delay: [...(this.#runner.loopDelay?.() ?? [])],
    });
  }
}

/** Settles when the message has gone out, or cannot any more. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve();
    process.send(message, undefined, undefined, () => resolve());
  });
}
