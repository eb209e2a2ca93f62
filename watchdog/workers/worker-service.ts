import { messageOf } from '../../common/errors.ts';
import { HttpService } from '../server/http-service.ts';
import type { ServiceContext } from '../server/service.ts';
import type { SupervisorCommand, WorkerOrder } from './messages.ts';
import { SupervisorLink } from './supervisor-link.ts';
import { ToldFunction } from './told-function.ts';

/**
 * One of several processes that serve the port (workers): a watchdog without a port, lock-file, metrics and signals of
 * its own. The supervisor has these; the two talk over the channel between them.
 */
export class WorkerService {
  readonly #context: ServiceContext;
  readonly #link: SupervisorLink;
  readonly #function: ToldFunction | undefined;
  readonly #onEnd: (status: number) => void;
  #service: HttpService | undefined;
  #beat: NodeJS.Timeout | undefined;
  #isRefusing = false;
  #isDraining = false;

  private constructor(context: ServiceContext, order: WorkerOrder, onEnd: (status: number) => void) {
    const { settings, mode } = context;
    this.#onEnd = onEnd;
    this.#link = new SupervisorLink(this.#onCommand, this.#onGone);
    this.#function =
      mode.createFunction && settings.upstreamUrl
        ? new ToldFunction(settings.upstreamUrl, order.functionPid)
        : undefined;
    this.#context = {
      ...context,
      settings: { ...settings, prefork: order.prefork },
      announce: (text) => {
        if (order.announces) void this.#link.tell({ type: 'line', text });
      },
      ...(this.#function ? { httpFunction: this.#function } : {}),
    };
  }

  /**
   * Starts as the order says. A failure is reported to the supervisor, which tells the operator.
   * @param onEnd ends the process with a status
   */
  static async start(
    context: ServiceContext,
    order: WorkerOrder,
    onEnd: (status: number) => void,
  ): Promise<WorkerService> {
    const worker = new WorkerService(context, order, onEnd);
    try {
      await worker.#start(order);
      return worker;
    } catch (thrown) {
      await worker.#link.tell({ type: 'failed', text: messageOf(thrown) });
      onEnd(1);
      return new Promise(() => undefined);
    }
  }

  get open(): number {
    return this.#service?.open ?? 0;
  }

  async #start(order: WorkerOrder): Promise<void> {
    const service = await HttpService.load(this.#context, order.maxInflight);
    this.#service = service;
    if (order.isFirst) await this.#listen(service); // connections wait here meanwhile, as they do with one process
    await service.start();
    if (!order.isFirst) await this.#listen(service); // connections go to the other workers meanwhile
    if (!this.#isRefusing) service.accept();
    await this.#link.tell({ type: 'ready' });
    this.#beat = setInterval(() => void this.#tellState(), order.beatMs);
  }

  async #listen(service: HttpService): Promise<void> {
    const port = await this.#link.port;
    if (!this.#isDraining) await service.listenOn(port);
  }

  /** Settles with the reason when the function in this process has ended by itself, and the responses are answered. */
  async functionEnded(): Promise<string> {
    if (this.#function || !this.#service) return new Promise(() => undefined); // the supervisor deals with the function's end
    const reason = await this.#service.ended;
    if (this.#isDraining) return new Promise(() => undefined);
    this.#context.logger.error(reason);
    this.#service.refuse();
    await this.#service.drain();
    await this.#tellState();
    return reason;
  }

  kill(): void {
    clearInterval(this.#beat);
    this.#service?.kill();
  }

  readonly #onCommand = (command: SupervisorCommand): void => {
    if (command === 'report') void this.#tellState();
    else if (command === 'refuse') this.#refuse();
    else if (command === 'drain') void this.#drain();
    else if (command === 'stop') void this.#stop();
    else this.#function?.hear(command);
  };

  /** Ends everything: the supervisor was killed, and nothing that it had started may stay. */
  readonly #onGone = (): void => {
    this.#function?.killOrphan();
    this.kill();
    this.#onEnd(1);
  };

  #refuse(): void {
    this.#isRefusing = true;
    this.#service?.refuse();
  }

  async #drain(): Promise<void> {
    this.#isDraining = true;
    this.#refuse();
    await this.#service?.drain();
    await this.#tellState();
    await this.#link.tell({ type: 'drained' });
  }

  async #stop(): Promise<void> {
    await this.#service?.stop();
    await this.#tellState();
    this.#onEnd(0);
  }

  async #tellState(): Promise<void> {
    if (!this.#service) return;
    const { http, inFlight, starts, processIds, delay } = this.#service.facts;
    const { user, system } = process.cpuUsage();
    await this.#link.tell({
      type: 'state',
      counts: http.counts,
      inFlight,
      open: this.#service.open,
      starts,
      processIds,
      cpuSeconds: (user + system) / 1e6,
      delay: [...(delay ?? [])],
    });
  }
}
