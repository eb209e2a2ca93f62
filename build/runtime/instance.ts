import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import type { Environment } from '../host.ts';
import { killTree } from './process-tree.ts';
import {
  debuggerPort,
  isDebuggerHint,
  listeningPort,
  readLine,
  type InstanceLine,
} from './watchdog-lines.ts';

export interface InstanceOptions {
  /** The function's name, for errors. */
  readonly name: string;
  /** dist/fwatchdog.js */
  readonly watchdog: string;
  /** Where the function's command runs. */
  readonly folder: string;
  readonly env: Environment;
  /** For `Instance.mode`. */
  readonly mode: string;
  readonly readyWithinMs: number;
  readonly onLine: (line: InstanceLine) => void;
  readonly onDebugger: (port: number) => void;
}

const READY_POLL_MS = 15;
const LAST_LINES_MS = 2000;
/** How much of what it wrote is told of an instance that does not start. */
const LINES_TOLD = 40;

/** One run of a function's code under the watchdog. */
export class Instance {
  /** Where the watchdog listens. */
  port = 0;
  /** The mode of the watchdog, and why it is that. */
  readonly mode: string;
  /** Resolves when the watchdog has ended. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #options: InstanceOptions;
  readonly #told: string[] = [];
  #endedAs: string | undefined;

  /** @throws KitError START_FAILED with what it wrote, or what aborted `signal` */
  static async start(options: InstanceOptions, signal: AbortSignal): Promise<Instance> {
    signal.throwIfAborted();
    const instance = new Instance(options);
    const onAbort = (): void => void instance.kill();
    signal.addEventListener('abort', onAbort);
    try {
      await instance.#becomeReady();
    } catch (error) {
      await instance.kill();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    return instance;
  }

  private constructor(options: InstanceOptions) {
    this.#options = options;
    this.mode = options.mode;
    this.#child = spawn(process.execPath, [options.watchdog], {
      cwd: options.folder,
      env: { ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A Ctrl-C of the terminal is to reach the function through ofkit alone.
      detached: true,
    });
    this.ended = this.#untilEnded();
    // A line of stdout is always the function's.
    this.#read(this.#child.stdout, (text) => ({ from: 'function', text }));
    this.#read(this.#child.stderr, readLine);
  }

  get alive(): boolean {
    return this.#endedAs === undefined;
  }

  async #untilEnded(): Promise<string> {
    const child = this.#child;
    await new Promise<void>((resolve) => {
      child.once('error', (error) => {
        this.#endedAs = messageOf(error);
        resolve();
      });
      child.once('exit', (code, signal) => {
        this.#endedAs = signal === null ? `exit status ${code ?? 1}` : String(signal);
        // Its last lines may still be on their way, but whoever holds its output open is not waited for.
        child.once('close', resolve);
        setTimeout(resolve, LAST_LINES_MS).unref();
      });
    });
    child.stdout?.destroy();
    child.stderr?.destroy();
    return this.#endedAs ?? '';
  }

  /** Lets it answer what it has, then ends it; kills it with its processes past the deadline. */
  async stop(deadlineMs: number): Promise<void> {
    this.#child.kill('SIGTERM');
    await Promise.race([this.ended, sleep(deadlineMs, undefined, { ref: false })]);
    await this.kill();
  }

  /** Ends it and all its processes at once, those too that it left behind as it ended. */
  async kill(): Promise<void> {
    if (this.#child.pid === undefined) return;
    const marker = `OPENFAAS_SECRETS=${this.#options.env.OPENFAAS_SECRETS ?? ''}`;
    await killTree(this.alive ? this.#child.pid : undefined, marker);
    await this.ended;
  }

  #read(stream: Readable | null, tell: (text: string) => InstanceLine): void {
    if (!stream) return;
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (text) => {
      const line = tell(text);
      this.#told.push(line.text);
      if (this.#told.length > LINES_TOLD) this.#told.shift();
      this.port ||= listeningPort(line) ?? 0;
      const port = debuggerPort(line);
      if (port !== undefined) this.#options.onDebugger(port);
      else if (!isDebuggerHint(line)) this.#options.onLine(line);
    });
  }

  /** Waits until /_/ready says that the function takes requests. */
  async #becomeReady(): Promise<void> {
    const deadline = performance.now() + this.#options.readyWithinMs;
    while (performance.now() < deadline) {
      if (!this.alive) throw this.#notStarted(`ended with ${this.#endedAs ?? ''}`);
      if (this.port !== 0 && (await this.#isReady())) return;
      await sleep(READY_POLL_MS);
    }
    throw this.#notStarted(`was not ready within ${this.#options.readyWithinMs / 1000} s`);
  }

  async #isReady(): Promise<boolean> {
    const asked = get({ host: '127.0.0.1', port: this.port, path: '/_/ready', agent: false, timeout: 1000 });
    asked.once('timeout', () => asked.destroy());
    try {
      const [response] = (await once(asked, 'response')) as [Readable & { statusCode?: number }];
      response.resume();
      return response.statusCode === 200;
    } catch {
      return false;
    }
  }

  #notStarted(how: string): KitError {
    const message = `${this.#options.name} ${how}: see its output above`;
    return new KitError('START_FAILED', message, { output: this.#told.join('\n') });
  }
}
