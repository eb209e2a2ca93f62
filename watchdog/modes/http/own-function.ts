import { StartError } from '../../errors.ts';
import { copyLines } from '../../log/function-lines.ts';
import { describeExit } from '../../process/exit-status.ts';
import { FunctionProcess } from './function-process.ts';
import { untilAccepting } from '../../../common/http/upstream/accepting.ts';
import { HttpFunction } from './http-function.ts';
import type { RunnerContext } from '../runner.ts';

/** The function of http mode as a process that this one starts, watches and ends. */
export class OwnFunction extends HttpFunction {
  readonly #context: RunnerContext;
  #process: FunctionProcess | undefined;

  /** @throws StartError SETTING_MISSING */
  constructor(context: RunnerContext) {
    const address = context.settings.upstreamUrl;
    if (!address) throw new StartError('SETTING_MISSING', 'mode=http needs "http_upstream_url"');
    super(address);
    this.#context = context;
  }

  get starts(): number {
    return this.#process ? 1 : 0;
  }

  /** @throws StartError FUNCTION_NOT_STARTED */
  async start(): Promise<void> {
    const { settings, announce, environment, script } = this.#context;
    const { nativeFork, temporaryFolder } = settings;
    const command = settings.functionProcess ?? [];
    announce(`Forking: ${command[0]}, arguments: [${command.slice(1).join(' ')}]`);
    const addon = nativeFork ? { script, temporaryFolder } : undefined;
    const started = await FunctionProcess.start(command, environment, addon);
    this.#process = started;
    this.#copyOutput(started);
    void started.exited.then((status) => {
      this.tellEnded(`Forked function has terminated: ${describeExit(status)}`);
    });
    void untilAccepting(this.address, () => this.isAccepting || this.hasEnded).then((accepting) => {
      if (accepting) this.accept();
    });
  }

  processIds(): readonly number[] {
    return this.#process && !this.hasEnded ? [this.#process.pid] : [];
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  kill(): void {
    this.#process?.kill();
  }

  /** Ignores a server that listens there before the function is started: it is not the function. */
  protected override accept(): void {
    if (this.#process) super.accept();
  }

  #copyOutput(started: FunctionProcess): void {
    const { settings, output, announce } = this.#context;
    for (const name of ['stderr', 'stdout'] as const) {
      announce(`Started logging: ${name} from function.`);
      copyLines(started[name], output[name], {
        name,
        prefix: settings.prefixLogs,
        longestLine: settings.logBufferSize,
      });
    }
  }
}
