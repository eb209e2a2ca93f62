import type { IncomingMessage, ServerResponse } from 'node:http';
import { formatDuration } from '../../../common/duration.ts';
import { internalError, RequestError } from '../../errors.ts';
import { Exchange } from '../../../common/http/exchange/exchange.ts';
import type { RequestOptions } from '../../../common/http/exchange/served-request.ts';
import { asksForEvents, execLimit } from '../time-limits.ts';
import { LineCopier } from '../../log/function-lines.ts';
import { cgiEnvironment } from './cgi-environment.ts';
import { createForker } from './forker.ts';
import { describeExit, type ExitStatus } from '../../process/exit-status.ts';
import type { ForkedProcess, Forker } from './forked-process.ts';
import { ProcessGroups } from '../../process/process-groups.ts';
import { ReadyProcesses } from './ready-processes.ts';
import { StartGate } from './start-gate.ts';
import { neverEnds, type BegunRequest, type Runner, type RunnerContext } from '../runner.ts';

type Variables = Readonly<Record<string, string>>;

/** The common part of the modes with a process per request. */
export abstract class ForkRunner implements Runner {
  readonly ended = neverEnds;
  protected readonly context: RunnerContext;
  readonly #groups = new ProcessGroups();
  readonly #gate = new StartGate();
  #forker: Promise<Forker> | undefined;
  #ready: ReadyProcesses | undefined;
  #starts = 0;
  #isStopped = false;

  constructor(context: RunnerContext) {
    this.context = context;
  }

  get starts(): number {
    return this.#starts;
  }

  async start(): Promise<void> {
    setImmediate(() => void this.#prepare()); // a request waits for this, but the start need not
  }

  async #prepare(): Promise<void> {
    const forker = await this.#getForker();
    if (this.context.settings.prefork === 0 || this.#isStopped) return;
    this.#ready = new ReadyProcesses({
      size: this.context.settings.prefork,
      start: () => this.#start(forker, {}),
      onLost: this.#reportLost,
    });
    this.#ready.fill();
  }

  isReady(): boolean {
    return true;
  }

  begin(request: IncomingMessage, response: ServerResponse, options: RequestOptions): BegunRequest {
    const exchange = new Exchange(request, response, options);
    return { exchange, run: () => this.#run(exchange) };
  }

  #run(exchange: Exchange): void {
    this.serve(exchange).catch((thrown: unknown) => {
      const error = thrown instanceof RequestError ? thrown : internalError(thrown);
      exchange.fail(error);
    });
  }

  processIds(): readonly number[] {
    return this.#groups.leaders;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const ready = this.#ready?.stop() ?? [];
    for (const { pid } of ready) this.#groups.stop(pid);
    await Promise.allSettled(ready.map(({ exited }) => exited));
    this.#groups.killAll(); // the requests are over by now: only processes that they left behind are still here
  }

  kill(): void {
    this.#isStopped = true;
    this.#ready?.stop();
    this.#groups.killAll();
  }

  /** Serves one request. An error that it throws ends the exchange. */
  protected abstract serve(exchange: Exchange): Promise<void>;

  /** Makes the variables that tell the process about its request. */
  protected requestVariables(exchange: Exchange): Record<string, string> {
    return cgiEnvironment(exchange.request, exchange.target);
  }

  /** Whether the process's stderr is a part of its stdout. */
  protected get mergesErrors(): boolean {
    return false;
  }

  /** Starts the clock of exec_timeout, or of X-Timeout. */
  protected limitExecution(exchange: Exchange, mayStreamEvents: boolean): void {
    if (mayStreamEvents && asksForEvents(exchange.request.headers)) return;
    const limit = execLimit(this.context.settings.execTimeout, exchange.request.headers);
    if (limit) exchange.limitTime(limit.name, limit.ms);
  }

  /**
   * Starts the request's process, or takes one that stands ready. The process is killed with its group when the
   * exchange ends before its time. Until the process has exited, nothing but `end` closes its stdin: it must not take a
   * part of a body for the whole.
   */
  protected async fork(exchange: Exchange): Promise<ForkedProcess> {
    const variables = this.context.settings.cgiHeaders ? this.requestVariables(exchange) : {};
    const forked = this.#ready?.take() ?? (await this.#startFor(exchange, variables));
    const { pid } = forked;
    exchange.onOver((reason) => {
      if (!reason) return undefined;
      this.#groups.stop(pid);
      return this.#groups.gone(pid);
    });
    forked.stdin.onUnread(() => exchange.body.discard()); // the process does not read the body, which is no error of the request
    return forked;
  }

  async #startFor(exchange: Exchange, variables: Variables): Promise<ForkedProcess> {
    const forker = await this.#getForker();
    const entered = this.#gate.enter();
    const leave = entered instanceof Promise ? await entered : entered;
    if (!exchange.isOver) return this.#start(forker, variables, leave);
    leave();
    throw new RequestError('CLIENT_GONE', 'the request ended before its process was started');
  }

  /** @param onExit called when the process has exited, or was not started */
  async #start(forker: Forker, variables: Variables, onExit?: () => void): Promise<ForkedProcess> {
    try {
      const forked = await forker.fork(variables);
      const { pid } = forked;
      this.#starts += 1;
      this.#groups.add(pid);
      const exited = (): void => {
        this.#groups.leaderExited(pid);
        onExit?.();
      };
      forked.exited.then(exited, exited);
      this.receiveErrors(forked);
      return forked;
    } catch (thrown) {
      onExit?.();
      throw thrown;
    }
  }

  readonly #reportLost = (why: unknown, delay: number): void => {
    const reason = why instanceof Error ? why.message : `it ended (${describeExit(why as ExitStatus)})`;
    const next = formatDuration(delay);
    this.context.logger.error(`prefork: no process stands ready: ${reason}; the next is started in ${next}`);
  };

  /** Copies the stderr of a process to the log. Called for each process that is started. */
  protected receiveErrors(forked: ForkedProcess): void {
    const { settings, output } = this.context;
    let lines: LineCopier | undefined;
    const end = (): void => lines?.end();
    forked.readErrors((bytes) => {
      lines ??= new LineCopier(output.stderr, {
        name: 'stderr',
        prefix: settings.prefixLogs,
        longestLine: settings.logBufferSize,
      });
      lines.push(bytes);
    });
    forked.finished().then(end, end);
  }

  #getForker(): Promise<Forker> {
    const { settings, announce, environment, script } = this.context;
    const { functionProcess, nativeFork, temporaryFolder } = settings;
    this.#forker ??= createForker({
      command: functionProcess ?? [],
      environment,
      mergesErrors: this.mergesErrors,
      addon: nativeFork ? { script, temporaryFolder } : undefined,
      onFallback: (why) => announce(`Processes are started with child_process, which is slower: ${why}`),
    });
    return this.#forker;
  }
}
