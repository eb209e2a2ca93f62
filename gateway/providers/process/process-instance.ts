import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../common/errors.ts';
import { readListeningMessage } from '../../../common/protocol.ts';
import type { Environment } from '../../../common/settings/read.ts';
import { CpuAverage } from '../instances/cpu-average.ts';
import { LastLines, type Instance, type InstanceUsage } from '../instances/instance.ts';
import { probe } from '../instances/probe.ts';
import type { ProbeSettings } from '../instances/probe-settings.ts';
import type { LaunchOptions } from '../instances/function-version.ts';
import { isDebuggerHint, readDebuggerPort, readInstanceLine, type InstanceLine } from './instance-line.ts';
import { splitLines } from '../instances/line-splitter.ts';
import type { LimitHolder } from './limits/limit-holder.ts';
import { killTree, measureTree, type TreeUsage } from './process-tree.ts';
import type { FunctionUser } from '../instances/secrets-folder.ts';

export interface InstanceOptions {
  readonly id: string;
  /** dist/fwatchdog.js */
  readonly watchdog: string;
  /** The working folder of the function's command. */
  readonly folder: string;
  readonly environment: Environment;
  /** A variable of the environment, `NAME=value`, that only this instance has. */
  readonly marker: string;
  readonly user: FunctionUser | undefined;
  /** Undefined where the function has no limits. */
  readonly limits: LimitHolder | undefined;
  readonly onLine: LaunchOptions['onLine'];
  readonly onDebugger: LaunchOptions['onDebugger'];
}

/** How long the last lines of an instance that has ended are waited for, in milliseconds. */
const LAST_LINES_MS = 2000;

/** An instance of a function as a process: a watchdog, and the function below it. */
export class ProcessInstance implements Instance {
  readonly id: string;
  readonly host = '127.0.0.1';
  /** Resolves with how the instance ended, once its last lines were read. */
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
      // in a group of its own: a Ctrl-C of the terminal must reach the function only through the gateway
      detached: true,
      ...options.user,
    });
    this.#child.on('message', (message) => {
      this.#port ||= readListeningMessage(message)?.port ?? 0;
    });
    if (this.#child.pid !== undefined) options.limits?.hold(this.#child.pid, () => void this.kill());
    this.ended = this.#untilEnded();
    // the watchdog writes to stderr only, so a line of stdout is the function's
    if (this.#child.stdout)
      splitLines(this.#child.stdout, (text) => this.#onLine({ kind: 'function', text }));
    if (this.#child.stderr) splitLines(this.#child.stderr, (text) => this.#onLine(readInstanceLine(text)));
  }

  /** The port of the watchdog; 0 until it is known. */
  get port(): number {
    return this.#port;
  }

  /** How the instance ended; undefined while it runs. */
  get endedAs(): string | undefined {
    return this.#endedAs;
  }

  get endedBy(): string | undefined {
    return this.#options.limits?.reason;
  }

  get isAlive(): boolean {
    return this.#endedAs === undefined;
  }

  get lastLines(): readonly string[] {
    return this.#lines.lines;
  }

  /** A watchdog at its limit answers 429: it is ready all the same. */
  async isReady({ path, timeout }: ProbeSettings): Promise<boolean> {
    const status = await probe(this, path, timeout);
    if (status === undefined) return false;
    return status === 429 || status < 400;
  }

  async isHealthy({ path, timeout }: ProbeSettings): Promise<boolean> {
    const status = await probe(this, path, timeout);
    return status !== undefined && status < 400;
  }

  /** Sends SIGTERM, waits for the end or the deadline, and kills all processes that are left. */
  async stop(deadlineMs: number): Promise<void> {
    this.#child.kill('SIGTERM');
    await Promise.race([this.ended, sleep(deadlineMs, undefined, { ref: false })]);
    await this.kill();
  }

  /** Kills the instance and all processes that it has started, even if the instance itself has ended. */
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
        // Waits for the last lines, but not for a process that holds the output open.
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
    if (port !== undefined) return this.#options.onDebugger(port);
    if (isDebuggerHint(line)) return;
    this.#lines.push(line.text);
    this.#options.onLine(line.text, line.kind);
  }
}
