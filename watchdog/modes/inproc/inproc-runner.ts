import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { messageOf } from '../../../common/errors.ts';
import { RequestError } from '../../errors.ts';
import { BodyWatch } from './body-watch.ts';
import { LentExchange } from './lent-exchange.ts';
import type { RequestOptions } from '../../../common/http/exchange/served-request.ts';
import { captureOutput } from './function-output.ts';
import type { FunctionListener } from './fetch-listener.ts';
import { findModule, loadFunction, type FunctionModule } from './function-module.ts';
import { LoopDelayWatch, type LoopDelay } from './loop-delay.ts';
import { ProcessGuard } from './process-guard.ts';
import type { Mode } from '../mode.ts';
import type { BegunRequest, Runner, RunnerContext } from '../runner.ts';

/** How long requests in flight may still end by themselves when the function has failed, in milliseconds. */
const CRASH_GRACE_MS = 1000;

/**
 * How long the function may take over its own end, in milliseconds: as long as a process has between SIGTERM and
 * SIGKILL.
 */
const CLOSE_MS = 4000;

/** Loads the function into this process, and gives it Node's own requests and responses. */
export class InprocRunner implements Runner {
  readonly ended: Promise<string>;
  readonly #context: RunnerContext;
  readonly #bodies: BodyWatch;
  readonly #delay = new LoopDelayWatch();
  readonly #guard = new ProcessGuard((reason) => this.#crash(reason));
  readonly #inFlight = new Set<LentExchange>();
  readonly #endLines: (() => void)[] = [];
  #listener: FunctionListener | undefined;
  #close: FunctionModule['close'];
  #crashReason: string | undefined;
  #hasCrashed = false;
  #onExit: () => void = () => undefined;
  #tellEnded: (reason: string) => void = () => undefined;

  constructor(context: RunnerContext) {
    this.#context = context;
    this.#bodies = new BodyWatch(context.settings.readTimeout);
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
  }

  get starts(): number {
    return this.#listener ? 1 : 0;
  }

  async start(): Promise<void> {
    const { settings, announce, environment, uncaught } = this.#context;
    const file = findModule(settings.handlerPath);
    announce(`Loading: ${file}`);
    if (settings.functionProcess?.includes('--enable-source-maps')) process.setSourceMapsEnabled(true);
    this.#captureOutput();
    this.#guard.begin(uncaught);
    const { listener, close } = await loadFunction(file, environment);
    this.#close = close;
    this.#delay.start();
    this.#listener = listener;
    for (const exchange of this.#inFlight) this.#call(exchange, listener);
  }

  isReady(): boolean {
    if (!this.#listener || this.#hasCrashed) return false;
    const most = this.#context.settings.inprocMaxDelay;
    return most === 0 || this.#delay.longestMs <= most;
  }

  begin(request: IncomingMessage, response: ServerResponse, options: RequestOptions): BegunRequest {
    const { execTimeout } = this.#context.settings;
    const exchange = new LentExchange(request, response, options, execTimeout, this.#bodies);
    return { exchange, run: () => this.#run(exchange) };
  }

  #run(exchange: LentExchange): void {
    if (exchange.isOver) return;
    this.#inFlight.add(exchange);
    exchange.onSettled(() => this.#inFlight.delete(exchange));
    if (this.#listener) this.#call(exchange, this.#listener);
  }

  processIds(): readonly number[] {
    return [process.pid];
  }

  loopDelay(): LoopDelay {
    return this.#delay.recent;
  }

  async stop(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      this.#onExit = resolve;
      timer = setTimeout(resolve, CLOSE_MS);
    });
    const ends = this.#stopFunction().catch((thrown: unknown) => {
      process.stderr.write(`${inspect(thrown)}\n`);
    });
    await Promise.race([ends, late]);
    clearTimeout(timer);
  }

  kill(): void {
    this.#delay.stop();
    this.#guard.stop();
    for (const end of this.#endLines) end();
  }

  /**
   * Calls the function's listeners for SIGTERM, as in a process of its own, and then the `close` that the module
   * exports.
   */
  async #stopFunction(): Promise<void> {
    const mayGoOn = await this.#guard.signal('SIGTERM');
    if (this.#close) await this.#close();
    else if (mayGoOn) await new Promise(() => undefined); // until it calls process.exit, as a process of its own would
  }

  #call(exchange: LentExchange, listener: FunctionListener): void {
    if (this.#crashReason !== undefined && this.#hasCrashed) return exchange.fail(failed(this.#crashReason));
    exchange.lend();
    try {
      const result = listener(exchange.request, exchange.response);
      if (isPromise(result)) result.then(undefined, (thrown: unknown) => this.#threw(exchange, thrown));
    } catch (thrown) {
      this.#threw(exchange, thrown);
    }
  }

  /** Ends the one request that the error was thrown in. */
  #threw(exchange: LentExchange, thrown: unknown): void {
    process.stderr.write(`${inspect(thrown)}\n`);
    exchange.fail(failed(`the function failed: ${messageOf(thrown)}`));
  }

  /** Takes the function for dead. Requests in flight may end by themselves for a moment, and then fail. */
  #crash(reason: string): void {
    this.#onExit();
    if (this.#hasCrashed) return;
    this.#hasCrashed = true;
    this.#crashReason = reason;
    setTimeout(() => {
      for (const exchange of this.#inFlight) exchange.fail(failed(reason));
    }, CRASH_GRACE_MS).unref();
    this.#tellEnded(`Function has ended: ${reason}`);
  }

  #captureOutput(): void {
    const { settings, output } = this.#context;
    for (const name of ['stderr', 'stdout'] as const) {
      const end = captureOutput(process[name], output[name], {
        name,
        prefix: settings.prefixLogs,
        longestLine: settings.logBufferSize,
      });
      this.#endLines.push(end);
    }
  }
}

function failed(text: string): RequestError {
  return new RequestError('PROCESS_FAILED', text);
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** `mode=inproc`: the function is loaded into the watchdog's process. */
export const inprocMode: Mode = {
  forksPerRequest: false,
  runsInProcess: true,
  logsReason: true,
  takesPath: 'as it came',
  check: () => undefined,
  createRunner: (context) => new InprocRunner(context),
};
