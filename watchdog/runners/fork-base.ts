import { RequestError, messageOf } from '../errors.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { asksForEvents, execLimit } from '../exchange/time-limits.ts';
import { copyLines } from '../log/function-lines.ts';
import { cgiEnvironment } from '../process/cgi-environment.ts';
import { forkProcess, outputDrained, type ForkedProcess } from '../process/fork.ts';
import type { ExitStatus } from '../process/exit-status.ts';
import { ProcessGroups } from '../process/process-groups.ts';
import { neverEnds, type Runner, type RunnerContext } from './runner.ts';

/** What the modes with a process per request share. */
export abstract class ForkRunner implements Runner {
  readonly ended = neverEnds;
  protected readonly context: RunnerContext;
  readonly #groups = new ProcessGroups();
  #starts = 0;

  constructor(context: RunnerContext) {
    this.context = context;
  }

  get starts(): number {
    return this.#starts;
  }

  async start(): Promise<void> {
    // a process per request: there is nothing to start before the first
  }

  isReady(): boolean {
    return true;
  }

  run(exchange: Exchange): void {
    this.serve(exchange).catch((thrown: unknown) => {
      const error =
        thrown instanceof RequestError
          ? thrown
          : new RequestError('INTERNAL', messageOf(thrown), { cause: thrown });
      exchange.fail(error);
    });
  }

  processIds(): readonly number[] {
    return this.#groups.leaders;
  }

  async stop(): Promise<void> {
    this.#groups.killAll(); // requests are over by now: only what they left behind is still here
  }

  kill(): void {
    this.#groups.killAll();
  }

  /** Serves one request. What it throws ends the exchange. */
  protected abstract serve(exchange: Exchange): Promise<void>;

  /** The variables that tell the process of its request. */
  protected requestVariables(exchange: Exchange): Record<string, string> {
    return cgiEnvironment(exchange.request, exchange.target);
  }

  /** What is run for a request. */
  protected command(_environment: Readonly<Record<string, string>>): readonly string[] {
    return this.context.settings.functionProcess ?? [];
  }

  /** Starts the clock of exec_timeout, or of X-Timeout. */
  protected limitExecution(exchange: Exchange, mayStreamEvents: boolean): void {
    if (mayStreamEvents && asksForEvents(exchange.request.headers)) return;
    const limit = execLimit(this.context.settings.execTimeout, exchange.request.headers);
    if (limit) exchange.limitTime(limit.name, limit.ms);
  }

  /**
   * Starts the request's process, which is killed with its group when the exchange ends before its time. Until it
   * has exited nothing closes its stdin but `end`: it must not take a part of a body for the whole.
   */
  protected async fork(exchange: Exchange): Promise<ForkedProcess> {
    const { settings, environment } = this.context;
    const variables = settings.cgiHeaders ? this.requestVariables(exchange) : {};
    const complete = { ...environment, ...variables };
    const forked = await forkProcess(this.command(complete), complete);
    this.#starts += 1;
    this.#groups.add(forked.pid);
    void forked.exited.then(() => this.#groups.leaderExited(forked.pid));
    exchange.onOver((reason) => {
      if (!reason) return undefined;
      this.#groups.end(forked.pid);
      return this.#groups.gone(forked.pid);
    });
    forked.stdin.on('error', () => exchange.body.discard()); // the process does not read it: no error of the request
    return forked;
  }

  /** Copies the process's stderr to the log. */
  protected logErrors(forked: ForkedProcess): void {
    const { settings, output } = this.context;
    copyLines(forked.stderr, output.stderr, {
      name: 'stderr',
      prefix: settings.prefixLogs,
      longestLine: settings.logBufferSize,
    });
  }

  /** Waits until the process has exited and its output is read. */
  protected async finished(forked: ForkedProcess): Promise<ExitStatus> {
    const status = await forked.exited;
    await Promise.all([outputDrained(forked.stdout), outputDrained(forked.stderr)]);
    forked.stdout.destroy();
    forked.stderr.destroy();
    return status;
  }
}
