import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../common/errors.ts';
import { readListeningMessage } from '../../../common/protocol.ts';
import type { Environment } from './instance-environment.ts';
import { isDebuggerHint, readDebuggerPort, readInstanceLine, type InstanceLine } from './instance-line.ts';
import { splitLines } from './line-splitter.ts';
import { probe } from './probe.ts';
import type { ProbeSettings } from './probe-settings.ts';
import { killTree, measureTree, type TreeUsage } from './process-tree.ts';
import type { FunctionUser } from './secrets-folder.ts';

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
  readonly onLine: (line: InstanceLine) => void;
  readonly onDebugger: (port: number) => void;
}

/** How often an instance that starts is asked whether it is ready, in milliseconds. */
const READY_POLL_MS = 10;
/** How long an instance may take to become ready, in milliseconds. */
const READY_WITHIN_MS = 60_000;
const PROBE_TIMEOUT_MS = 1000;
const LAST_LINES_MS = 2000;
/** How many of its last lines are told of an instance that has failed. */
const LINES_TOLD = 20;

/** The shortest time that CPU is averaged over, in milliseconds: the kernel counts it in ticks of 10. */
const SHORTEST_MEASURE_MS = 500;

/** One run of a function's code under the watchdog. */
export class Instance {
  readonly id: string;
  readonly startedAt = performance.now();
  /** Resolves with how it ended, once it has and its last lines were read. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #options: InstanceOptions;
  readonly #lines: string[] = [];
  #port = 0;
  #endedAs: string | undefined;
  #usage: { readonly at: number; readonly cpuSeconds: number; readonly cpu: number };

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
    this.#usage = { at: this.startedAt, cpuSeconds: 0, cpu: 0 };
    this.#child.on('message', (message) => {
      this.#port ||= readListeningMessage(message)?.port ?? 0;
    });
    this.ended = this.#untilEnded();
    // A line of stdout is always the function's.
    if (this.#child.stdout)
      splitLines(this.#child.stdout, (text) => this.#onLine({ kind: 'function', text }));
    if (this.#child.stderr) splitLines(this.#child.stderr, (text) => this.#onLine(readInstanceLine(text)));
  }

  /** Where it takes requests; 0 until that is known. */
  get port(): number {
    return this.#port;
  }

  /** How it ended; undefined while it lives. */
  get endedAs(): string | undefined {
    return this.#endedAs;
  }

  get isAlive(): boolean {
    return this.#endedAs === undefined;
  }

  /** What it wrote last. */
  get lastLines(): readonly string[] {
    return this.#lines;
  }

  /**
   * Waits until it takes requests.
   * @returns undefined, or why it will not
   */
  async untilReady(settings: ProbeSettings): Promise<string | undefined> {
    if (settings.initialDelay > 0)
      await Promise.race([this.ended, sleep(settings.initialDelay, undefined, { ref: false })]);
    const deadline = performance.now() + READY_WITHIN_MS;
    while (performance.now() < deadline) {
      if (!this.isAlive) return `it ended with ${this.#endedAs ?? ''} before it was ready`;
      if (this.port !== 0 && (await this.isReady(settings.path, PROBE_TIMEOUT_MS))) return undefined;
      await sleep(READY_POLL_MS);
    }
    return `it was not ready within ${READY_WITHIN_MS / 1000} s`;
  }

  /** Whether it says that it takes requests. 429 is the word of a watchdog at its limit, which is well. */
  async isReady(path: string, timeoutMs: number): Promise<boolean> {
    const status = await probe(this.port, path, timeoutMs);
    if (status === undefined) return false;
    return status === 429 || status < 400;
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

  /**
   * CPU in thousandths of a core, and memory in bytes. CPU is averaged since it was measured before, and measured no more
   * often than the ticks that it is counted in allow: those who ask at the same time get the same.
   */
  measure(): { readonly cpu: number; readonly bytes: number } {
    const usage: TreeUsage =
      this.#child.pid === undefined ? { cpuSeconds: 0, residentBytes: 0 } : measureTree(this.#child.pid);
    const now = performance.now();
    const ms = now - this.#usage.at;
    if (ms >= SHORTEST_MEASURE_MS) {
      const cpu = (Math.max(0, usage.cpuSeconds - this.#usage.cpuSeconds) / (ms / 1000)) * 1000;
      this.#usage = { at: now, cpuSeconds: usage.cpuSeconds, cpu };
    }
    return { cpu: this.#usage.cpu, bytes: usage.residentBytes };
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

  /** Calls back at the very moment that it ends; `ended` waits for its last lines too. */
  onceGone(listener: () => void): void {
    this.#child.once('exit', listener);
    this.#child.once('error', listener);
  }

  #onLine(line: InstanceLine): void {
    const port = readDebuggerPort(line);
    if (port !== undefined) return this.#options.onDebugger(port);
    if (isDebuggerHint(line)) return;
    this.#lines.push(line.text);
    if (this.#lines.length > LINES_TOLD) this.#lines.shift();
    this.#options.onLine(line);
  }
}
