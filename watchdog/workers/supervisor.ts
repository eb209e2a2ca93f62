import { timerDelay } from '../../common/duration.ts';
import type { HttpFunction } from '../modes/http/http-function.ts';
import { neverEnds } from '../modes/runner.ts';
import type { FunctionFacts } from '../server/metrics/metrics-server.ts';
import type { Service, ServiceContext } from '../server/service.ts';
import { WorkerFigures } from './worker-figures.ts';
import { beatOf, watchForHangs } from './hang-watch.ts';
import { killLeftBehind } from './left-behind.ts';
import { SharedPort } from './shared-port.ts';
import { sharesOf } from './shares.ts';
import type { Worker } from './worker.ts';
import { WorkerPool } from './worker-pool.ts';

/** How long workers may take over their end when their requests are done, in milliseconds. */
const CLOSE_MS = 5000;

/** How much longer than write_timeout the supervisor waits for a worker's word that its requests are done. */
const WORD_MS = 1000;

/**
 * `workers`: several processes on one port. This one serves no request itself. It holds the port and, in http mode, the
 * function, and starts workers. They are processes and not threads: a process can be ended whatever it does, the kernel
 * lets it share a port with others, and it takes no other with it when it runs out of memory.
 */
export class Supervisor implements Service {
  readonly needsAdoption: boolean;
  readonly open = 0;
  readonly #context: ServiceContext;
  readonly #figures = new WorkerFigures();
  /** The function that all workers forward to, in http mode. */
  readonly #function: HttpFunction | undefined;
  #port: SharedPort | undefined;
  #pool: WorkerPool | undefined;
  #stopWatch: () => void = () => undefined;

  constructor(context: ServiceContext) {
    const { mode } = context;
    this.#context = context;
    this.#function = mode.createFunction?.(context);
    this.needsAdoption = this.#function !== undefined || mode.forksPerRequest;
  }

  /** In other modes than http the function ends with its worker, and a new worker takes its place. */
  get ended(): Promise<string> {
    return this.#function?.ended ?? neverEnds;
  }

  async bind(): Promise<number> {
    const { listenAddress, port } = this.#context.settings;
    this.#port = SharedPort.bind(listenAddress, port);
    return this.#port.port;
  }

  async start(): Promise<void> {
    if (!this.#port) throw new Error('the port is not bound');
    await this.#function?.start();
    this.#pool = this.#createPool(this.#port);
    const served = this.#pool.start();
    this.#passOn(this.#function, this.#pool);
    await served;
  }

  accept(): void {
    // each worker does so itself when it has started
  }

  refuse(): void {
    this.#pool?.tell('refuse');
  }

  async drain(): Promise<void> {
    this.#closePort();
    await this.#pool?.drain(timerDelay(this.#context.settings.writeTimeout + WORD_MS));
  }

  async stop(): Promise<void> {
    await Promise.all([this.#function?.stop(), this.#pool?.stop(CLOSE_MS)]);
  }

  kill(): void {
    this.#stopWatch();
    this.#pool?.kill();
    this.#function?.kill();
    this.#closePort();
  }

  countOpen(): Promise<number> {
    return this.#figures.open(this.#pool?.workers ?? []);
  }

  async readFacts(): Promise<FunctionFacts> {
    const facts = await this.#figures.of(this.#pool?.workers ?? []);
    if (this.#function)
      return { ...facts, starts: this.#function.starts, processIds: this.#function.processIds() };
    if (!this.#context.mode.runsInProcess) return facts;
    // the workers are the function's processes
    const { workers, ...others } = facts;
    return { ...others, starts: this.#pool?.starts ?? 0, processIds: workers?.processIds ?? [] };
  }

  /** Tells the workers whether the function that they forward to takes connections, and when it has ended. */
  #passOn(httpFunction: HttpFunction | undefined, pool: WorkerPool): void {
    if (httpFunction?.isAccepting) pool.tell('function accepts');
    else httpFunction?.onceSettled(() => httpFunction.isAccepting && pool.tell('function accepts'));
    void httpFunction?.ended.then(() => pool.tell('function ended'));
  }

  #createPool(port: SharedPort): WorkerPool {
    const { settings, logger, mode } = this.#context;
    const { execTimeout } = settings;
    const pool = new WorkerPool({
      context: this.#context,
      port,
      shares: sharesOf(settings),
      beatMs: beatOf(mode.runsInProcess ? execTimeout : 0),
      functionPid: this.#function?.processIds()[0] ?? 0,
      onExit: this.#onExit,
    });
    if (mode.runsInProcess && execTimeout > 0) {
      this.#stopWatch = watchForHangs({
        execTimeout,
        logger,
        workers: () => pool.workers,
        onHang: (worker) => this.#figures.hung(worker),
      });
    }
    return pool;
  }

  readonly #onExit = (worker: Worker): void => {
    this.#figures.ended(worker);
    if (this.#context.mode.forksPerRequest) killLeftBehind(worker, this.#pool?.workers ?? []);
  };

  #closePort(): void {
    this.#port?.close();
    this.#port = undefined;
  }
}
