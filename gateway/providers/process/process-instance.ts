import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../common/errors.ts';
import { readListeningMessage } from '../../../common/protocol.ts';
import { CpuAverage } from '../instances/cpu-average.ts';
import { LastLines, type Instance, type InstanceUsage } from '../instances/instance.ts';
import { probe } from '../instances/probe.ts';
import type { ProbeSettings } from '../instances/probe-settings.ts';
import type { Environment } from './instance-environment.ts';
import { isDebuggerHint, readDebuggerPort, readInstanceLine, type InstanceLine } from './instance-line.ts';
import { splitLines } from '../instances/line-splitter.ts';
import type { LimitHolder } from './limits/limit-holder.ts';
import { killTree, measureTree, type TreeUsage } from './process-tree.ts';
import type { FunctionUser } from '../instances/secrets-folder.ts';

export interface InstanceOptions {
  readonly id: string;
  /** dist/fwatchdog.js */
  readonly watchdog: string;
  /** Where the function's command runs. */
  readonly folder: string;
  readonly environment: Environment;
  /** `NAME=value`: of no other instance. */
  readonly marker: string;
  readonly user: FunctionUser | undefined;
  /** Undefined where it has no limits. */
  readonly limits: LimitHolder | undefined;
  readonly onLine: (line: string) => void;
}

const LAST_LINES_MS = 2000;

/** One run of a function's code under the watchdog, as a process. */
export class ProcessInstance implements Instance {
  readonly id: string;
  readonly host = '127.0.0.1';
  /** Resolves with how it ended, once it has and its last lines were read. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #options: InstanceOptions;
  readonly #lines = new LastLines();
  readonly #cpu = new CpuAverage(performance.now());
  #port = 0;
  #endedAs: string | undefined;

  constructor(options: InstanceOptions) {
    this.id = options.id;
    this.#options = options;
    this.#child = spawn(process.execPath, [options.watchdog], {
      cwd: options.folder,
      env: { ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A Ctrl-C of the terminal is to reach the function through the gateway alone.
      detached: true,
      ...options.user,
    });
    this.#child.on('message', (message) => {
      this.#port ||= readListeningMessage(message)?.port ?? 0;
    });
    if (this.#child.pid !== undefined) options.limits?.hold(this.#child.pid, () => void this.kill());
    this.ended = this.#untilEnded();
    // A line of stdout is always the function's.
    if (this.#child.stdout)
      splitLines(this.#child.stdout, (text) => this.#onLine({ from: 'function', text }));
    if (this.#child.stderr) splitLines(this.#child.stderr, (text) => this.#onLine(readInstanceLine(text)));
  }

  /** Where it takes requests; 0 until that is known. */
  get port(): number {
    return this.#port;
  }

  get endedBy(): string | undefined {
    return this.#options.limits?.reason;
  }

  get isAlive(): boolean {
    return this.#endedAs === undefined;
  }

  /** What it wrote last. */
  get lastLines(): readonly string[] {
    return this.#lines.lines;
  }

  /** 429 is the word of a watchdog at its limit, which is well. */
  async isReady({ path, timeout }: ProbeSettings): Promise<boolean> {
    const status = await probe(this, path, timeout);
    if (status === undefined) return false;
    return status === 429 || status < 400;
  }

  async isHealthy({ path, timeout }: ProbeSettings): Promise<boolean> {
    const status = await probe(this, path, timeout);
    return status !== undefined && status < 400;
  }

  /** Tells it to end, and kills it with its processes past the deadline. */
  async stop(deadlineMs: number): Promise<void> {
    this.#child.kill('SIGTERM');
    await Promise.race([this.ended, sleep(deadlineMs, undefined, { ref: false })]);
    await this.kill();
  }

  /** Ends it and all its processes at once, those too that it left behind as it ended. */
  async kill(): Promise<void> {
    if (this.#child.pid === undefined) return;
    await killTree(this.isAlive ? this.#child.pid : undefined, this.#options.marker);
    await this.ended;
  }

  measure(): Promise<InstanceUsage> {
    const usage: TreeUsage =
      this.#child.pid === undefined ? { cpuSeconds: 0, residentBytes: 0 } : measureTree(this.#child.pid);
    const cpu = this.#cpu.add(usage.cpuSeconds, performance.now());
    return Promise.resolve({ cpu, bytes: usage.residentBytes, cpuSeconds: usage.cpuSeconds });
  }

  async #untilEnded(): Promise<string> {
    const child = this.#child;
    await new Promise<void>((resolve) => {
      child.once('error', (error) => {
        this.#endedAs ??= messageOf(error);
        if (child.pid === undefined) resolve();
      });
      child.once('exit', (code, signal) => {
        this.#endedAs = signal === null ? `exit status ${code ?? 1}` : String(signal);
        // Its last lines may still be on their way, but whoever holds its output open is not waited for.
        child.once('close', () => resolve());
        setTimeout(resolve, LAST_LINES_MS).unref();
      });
    });
    child.stdout?.destroy();
    child.stderr?.destroy();
    return this.#endedAs ?? '';
  }

  onceGone(listener: () => void): void {
    this.#child.once('exit', listener);
    this.#child.once('error', listener);
  }

  #onLine(line: InstanceLine): void {
    const port = readDebuggerPort(line);
    if (port !== undefined) return this.#options.onLine(`of-gateway: its debugger is at 127.0.0.1:${port}`);
    if (isDebuggerHint(line)) return;
    this.#lines.push(line.text);
    this.#options.onLine(line.text);
  }
}
